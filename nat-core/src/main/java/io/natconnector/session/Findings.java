package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.CandidateType;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;

/** The local candidates that have been found, and what has become of them since somebody last asked. */
final class Findings {
    /**
     * One candidate more, a local address less with all that left from it, or a candidate that peers need not be told of any more;
     * the others are {@code null}.
     */
    record Change(Candidate candidate, InetSocketAddress removed, Candidate outdated) {
        void tell(PeerSession session, long now) {
            if (candidate != null) {
                session.addLocal(candidate, now);
            } else if (outdated != null) {
                session.outdated(outdated);
            } else {
                session.removeLocal(removed, now);
            }
        }
    }

    private final List<Candidate> candidates = new ArrayList<>();
    private final Queue<Change> changes = new ArrayDeque<>(0);

    void add(Candidate candidate) {
        candidates.add(candidate);
        changes.add(new Change(candidate, null, null));
    }

    void remove(InetSocketAddress base) {
        candidates.removeIf(candidate -> candidate.base().equals(base));
        changes.add(new Change(null, base, null));
    }

    /** Our NAT shows another address now. Were the old ones kept, they would become more and more over the days. */
    void outdate(InetSocketAddress address, InetSocketAddress base) {
        for (Candidate candidate : List.copyOf(candidates)) {
            if (candidate.type() == CandidateType.SERVER_REFLEXIVE && candidate.address().equals(address)
                    && candidate.base().equals(base)) {
                candidates.remove(candidate);
                changes.add(new Change(null, null, candidate));
            }
        }
    }

    /** Sessions to come are not told of it any more; those that there are find out by themselves. */
    void forget(Candidate candidate) {
        candidates.remove(candidate);
    }

    boolean has(InetSocketAddress address, InetSocketAddress base) {
        return candidates.stream().anyMatch(candidate -> candidate.address().equals(address) && candidate.base().equals(base));
    }

    List<Candidate> all() {
        return Collections.unmodifiableList(candidates);
    }

    Change pollChange() {
        return changes.poll();
    }
}
