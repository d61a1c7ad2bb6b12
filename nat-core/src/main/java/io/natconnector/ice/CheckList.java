package io.natconnector.ice;

import io.natconnector.stun.Machine;
import io.natconnector.stun.Retransmission;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Forms pairs, keeps them in order, says which is to be checked next (RFC 8445, section 6.1.2). */
final class CheckList {
    private static final Comparator<CandidatePair> BEST_FIRST =
            Comparator.comparingLong((CandidatePair pair) -> pair.priority).reversed();

    /** The second one in case that the first is lost, or is the one that opens the peer's way to us. */
    private static final int CHECKS_IN_PASSING = 2;

    private final IceSettings settings;
    private final List<Candidate> bases = new ArrayList<>();
    private final List<Candidate> remotes = new ArrayList<>();
    private final List<CandidatePair> pairs = new ArrayList<>();

    CheckList(IceSettings settings) {
        this.settings = settings;
    }

    /**
     * Adds an address that checks leave from. A reflexive candidate whose base is here already adds no pair (section 6.1.2.4).
     */
    void addBase(Candidate base, IceRole role) {
        if (findBase(base.base()) != null) {
            return;
        }
        bases.add(base);
        remotes.forEach(remote -> addPair(base, remote, role));
        sort();
    }

    /** The pairs that left from an address that is gone. */
    void removeBase(InetSocketAddress address) {
        bases.removeIf(base -> base.base().equals(address));
        for (CandidatePair pair : pairs) {
            if (pair.local.base().equals(address) && pair.state != CandidatePair.State.FAILED) {
                pair.fail("the local address is gone");
            }
        }
    }

    /**
     * Adds a remote candidate, or makes a peer-reflexive one what the peer now says that it is.
     *
     * @return whether it was taken; false when it was known or the list is full
     */
    boolean addRemote(Candidate remote, IceRole role) {
        for (int i = 0; i < remotes.size(); i++) {
            if (remotes.get(i).address().equals(remote.address())) {
                return relabel(i, remote, role);
            }
        }
        if (remotes.size() >= settings.maxPairs() && !forgetFailed()) {
            return false;
        }
        remotes.add(remote);
        bases.forEach(base -> addPair(base, remote, role));
        sort();
        return true;
    }

    /** Over the days a peer may have had many addresses: the oldest one that leads nowhere makes room. */
    private boolean forgetFailed() {
        for (Candidate remote : remotes) {
            List<CandidatePair> its = pairs.stream().filter(pair -> pair.remote.address().equals(remote.address())).toList();
            if (!its.isEmpty() && its.stream().allMatch(pair -> pair.state == CandidatePair.State.FAILED)) {
                remotes.remove(remote);
                pairs.removeAll(its);
                return true;
            }
        }
        return false;
    }

    private boolean relabel(int index, Candidate remote, IceRole role) {
        if (remotes.get(index).type() != CandidateType.PEER_REFLEXIVE || remote.type() == CandidateType.PEER_REFLEXIVE) {
            return false;
        }
        remotes.set(index, remote);
        for (CandidatePair pair : pairs) {
            if (pair.remote.address().equals(remote.address())) {
                pair.remote = remote;
                pair.rank(role);
            }
        }
        sort();
        return true;
    }

    private void addPair(Candidate base, Candidate remote, IceRole role) {
        if (base.isIpv6() != remote.isIpv6()
                || base.address().getAddress().isLinkLocalAddress() != remote.address().getAddress().isLinkLocalAddress()) {
            return;
        }
        if (pairs.size() >= settings.maxPairs()) {
            dropWorst(role, base, remote);
        }
        if (pairs.size() < settings.maxPairs()) {
            pairs.add(new CandidatePair(base, remote, role));
        }
    }

    /** A pair of addresses that nobody has told the other side of; it is not in the list until something has come over it. */
    CandidatePair unlisted(InetSocketAddress base, InetSocketAddress target, IceRole role) {
        CandidatePair listed = find(base, target);
        if (listed != null) {
            return listed;
        }
        Candidate known = findBase(base);
        Candidate local = known == null ? Candidate.host(base, 0) : known;
        Candidate remote = new Candidate("guess", Priorities.candidate(CandidateType.PEER_REFLEXIVE, 0), target,
                CandidateType.PEER_REFLEXIVE, null);
        return new CandidatePair(local, remote, role);
    }

    /** Something came over an unlisted pair. */
    void list(CandidatePair pair) {
        CandidatePair twin = find(pair.local.base(), pair.remote.address());
        if (twin == null) {
            pairs.add(pair);
            sort();
        }
    }

    Set<InetSocketAddress> basesInUse() {
        Set<InetSocketAddress> used = new HashSet<>();
        for (CandidatePair pair : pairs) {
            if (pair.state != CandidatePair.State.FAILED) {
                used.add(pair.local.base());
            }
        }
        return used;
    }

    /** Section 6.1.2.5: the worst go first; never one that works or that something came in over. */
    private void dropWorst(IceRole role, Candidate base, Candidate remote) {
        long priority = new CandidatePair(base, remote, role).priority;
        for (int i = pairs.size() - 1; i >= 0; i--) {
            CandidatePair pair = pairs.get(i);
            boolean unproven = pair.isPending() && pair.requestsReceived == 0;
            if (pair.state == CandidatePair.State.FAILED || unproven && pair.priority < priority) {
                pairs.remove(i);
                return;
            }
        }
    }

    /** RFC 8445, section 7.3.1.1: priorities depend on who controls. */
    void rank(IceRole role) {
        pairs.forEach(pair -> pair.rank(role));
        sort();
    }

    /**
     * Stops checking pairs that are worse than one that both sides agreed on. Relayed ones go on: somewhere to fall back to.
     */
    void retire(CandidatePair agreed) {
        for (CandidatePair pair : pairs) {
            if (pair.isPending() && pair.priority < agreed.priority && !pair.isRelayed()) {
                pair.fail("not needed, a better path works");
            }
        }
    }

    /** Whether a remote candidate has that IP address. */
    boolean isRemoteAt(InetAddress address) {
        return remotes.stream().anyMatch(remote -> remote.address().getAddress().equals(address));
    }

    /**
     * Gives every pair another chance whose addresses are still there.
     *
     * @param thorough with all the checks that a new pair gets; if not, two, of direct pairs alone
     */
    void retryFailed(boolean thorough) {
        for (CandidatePair pair : pairs) {
            boolean wanted = thorough || !pair.isRelayed();
            if (pair.state == CandidatePair.State.FAILED && wanted && findBase(pair.local.base()) != null) {
                pair.restart();
                pair.most = thorough ? Integer.MAX_VALUE : CHECKS_IN_PASSING;
            }
        }
    }

    /** Asks the new candidate twice at most, over each pair that has not begun. */
    void inPassing(Candidate remote) {
        for (CandidatePair pair : pairs) {
            if (pair.remote == remote && pair.state == CandidatePair.State.WAITING) {
                pair.most = CHECKS_IN_PASSING;
            }
        }
    }

    private void sort() {
        pairs.sort(BEST_FIRST);
    }

    Candidate findBase(InetSocketAddress base) {
        for (Candidate candidate : bases) {
            if (candidate.base().equals(base)) {
                return candidate;
            }
        }
        return null;
    }

    /** For each datagram that comes in: without an iterator. */
    CandidatePair find(InetSocketAddress base, InetSocketAddress remote) {
        for (int i = 0; i < pairs.size(); i++) {
            CandidatePair pair = pairs.get(i);
            if (pair.remote.address().equals(remote) && pair.local.base().equals(base)) {
                return pair;
            }
        }
        return null;
    }

    /** Best first. */
    List<CandidatePair> pairs() {
        return Collections.unmodifiableList(pairs);
    }

    List<Candidate> remotes() {
        return Collections.unmodifiableList(remotes);
    }

    /**
     * The pair whose ordinary check is due: new ones first, best first, so that pairs that don't answer delay nobody; then the
     * repetition that is most overdue. Pairs that have spent their schedule fail on the way.
     */
    CandidatePair nextDue(long now) {
        Retransmission schedule = settings.schedule();
        CandidatePair next = null;
        for (CandidatePair pair : pairs) {
            if (pair.state == CandidatePair.State.WAITING) {
                return pair;
            }
            long due = pair.due(schedule);
            if (due > now) {
                continue;
            }
            if (pair.sent >= Math.min(pair.most, schedule.count())) {
                pair.fail(pair.requestsReceived > 0 ? "the peer's checks arrived, its answers did not" : "no answer");
            } else if (next == null || due < next.due(schedule)) {
                next = pair;
            }
        }
        return next;
    }

    /** When {@link #nextDue} will have something. */
    long nextTimeout() {
        long next = Machine.NEVER;
        for (CandidatePair pair : pairs) {
            next = Math.min(next, pair.due(settings.schedule()));
        }
        return next;
    }
}
