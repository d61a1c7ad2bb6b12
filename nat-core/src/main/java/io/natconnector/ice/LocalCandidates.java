package io.natconnector.ice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The candidates of this side, those that the peer's answers told us of included. */
final class LocalCandidates {
    private final int limit;
    private final List<Candidate> candidates = new ArrayList<>();

    LocalCandidates(int limit) {
        this.limit = limit;
    }

    void add(Candidate candidate) {
        candidates.add(candidate);
    }

    void remove(InetSocketAddress base) {
        candidates.removeIf(candidate -> candidate.base().equals(base));
    }

    /** Whether it is another port of the same NAT or relay alone, which may lend us others all the time. */
    boolean isOtherPort(Candidate borrowed) {
        InetAddress address = borrowed.address().getAddress();
        return borrowed.isBorrowed()
                && candidates.stream().anyMatch(candidate -> candidate.address().getAddress().equals(address));
    }

    boolean has(Candidate candidate) {
        return candidates.contains(candidate);
    }

    /**
     * The local candidate that the peer sees (RFC 8445, section 7.2.5.3.1): one that we know, or a peer-reflexive one, which is
     * kept unless there are too many.
     */
    Candidate seenAs(CandidatePair pair, InetSocketAddress mapped) {
        InetSocketAddress base = pair.local.base();
        if (mapped.equals(pair.local.address())) {
            return pair.local;
        }
        for (Candidate candidate : candidates) {
            if (candidate.address().equals(mapped) && candidate.base().equals(base)) {
                return candidate;
            }
        }
        long priority = CheckMessages.reflexivePriority(pair.local);
        Candidate reflexive = new Candidate("local" + candidates.size(), priority, mapped, CandidateType.PEER_REFLEXIVE, base);
        if (candidates.size() < limit) {
            candidates.add(reflexive);
        }
        return reflexive;
    }
}
