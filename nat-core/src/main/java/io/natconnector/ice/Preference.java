package io.natconnector.ice;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of several paths that work is the best: direct before relayed, then the quicker one. What is in use stays unless another
 * one is ahead by a clear margin, so that paths that are much alike don't take turns.
 */
final class Preference {
    /** Inside one network there is nothing in between that could fail or cost. */
    private static final long SAME_NETWORK_AHEAD = MILLISECONDS.toNanos(10);
    /** Without translation there is a state less on the way that may be lost. Just above the margin: equal paths go to IPv6. */
    private static final long IPV6_AHEAD = MILLISECONDS.toNanos(6);
    private static final long SECOND_RELAY = MILLISECONDS.toNanos(2);
    private static final long LEAST_MARGIN = MILLISECONDS.toNanos(5);
    private static final int MARGIN_PERCENT = 10;
    /** So many answers tell a round trip from an accident. */
    private static final int ENOUGH_ANSWERS = 3;
    private static final long REST_AFTER_MOVE = SECONDS.toNanos(5);

    private final Map<InetAddress, Long> relays = new HashMap<>();
    private long restUntil;

    /** How far both sides together are from each relay, in nanoseconds: what a round trip over it takes. */
    void relays(Map<InetAddress, Long> sums) {
        relays.clear();
        relays.putAll(sums);
    }

    /**
     * The pair that should carry data, given the one that does.
     *
     * @param pairs in order of priority
     * @param agreed whether both sides have agreed on the current one; if so, a move has to be worth it
     */
    CandidatePair choose(List<CandidatePair> pairs, CandidatePair current, boolean agreed, long now) {
        CandidatePair best = null;
        for (CandidatePair pair : pairs) {
            if (pair.isValid() && (best == null || isAhead(pair, best))) {
                best = pair;
            }
        }
        if (best == null || current == null || !current.isValid() || best.down || current.down) {
            return best;
        }
        if (best == current || best.isRelayed() != current.isRelayed()) {
            return best;
        }
        boolean known = !agreed || isInSameNetwork(best)
                || best.answersReceived >= ENOUGH_ANSWERS && current.answersReceived >= ENOUGH_ANSWERS;
        long margin = Math.max(LEAST_MARGIN, current.smoothedRoundTrip * MARGIN_PERCENT / 100);
        if (!known || agreed && now < restUntil || best.isDoubtful(now) || cost(best) + margin > cost(current)) {
            return current;
        }
        restUntil = now + REST_AFTER_MOVE;
        return best;
    }

    private boolean isAhead(CandidatePair pair, CandidatePair than) {
        if (pair.down != than.down) {
            return than.down;
        }
        if (pair.isRelayed() != than.isRelayed()) {
            return than.isRelayed();
        }
        return cost(pair) < cost(than);
    }

    /** Of two relayed pairs: whether this one is the nearer. */
    boolean isNearer(CandidatePair pair, CandidatePair than) {
        long cost = cost(pair);
        long other = cost(than);
        return cost == other ? pair.priority > than.priority : cost < other;
    }

    private static boolean isInSameNetwork(CandidatePair pair) {
        return pair.local.type() == CandidateType.HOST && pair.remote.type() == CandidateType.HOST
                && pair.remote.address().getAddress().isSiteLocalAddress();
    }

    /** Nanoseconds; less is better. */
    private long cost(CandidatePair pair) {
        if (pair.isRelayed()) {
            boolean both = pair.local.type() == CandidateType.RELAYED && pair.remote.type() == CandidateType.RELAYED;
            Candidate relayed = pair.local.type() == CandidateType.RELAYED ? pair.local : pair.remote;
            Long sum = both || pair.answersReceived >= ENOUGH_ANSWERS ? null : relays.get(relayed.address().getAddress());
            return (sum == null ? pair.smoothedRoundTrip : sum) + (both ? SECOND_RELAY : 0);
        }
        return pair.smoothedRoundTrip - (isInSameNetwork(pair) ? SAME_NETWORK_AHEAD : 0) - (pair.local.isIpv6() ? IPV6_AHEAD : 0);
    }
}
