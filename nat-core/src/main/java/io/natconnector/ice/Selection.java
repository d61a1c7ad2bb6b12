package io.natconnector.ice;

import io.natconnector.stun.Machine;

/**
 * Which valid pair carries data now, and which one the controlling side nominates.
 *
 * <p>Both sides use the first valid pair at once. The controlling side nominates the best valid pair as soon as no better one can
 * be expected any more, and again when a better one turns up. The controlled side follows: with nomination counters the newest,
 * else the best of all that were nominated to it (which also serves peers that nominate every pair).
 */
final class Selection {
    private final CheckList checkList;
    private CandidatePair selected;
    private CandidatePair nominee;
    private CandidatePair agreed;
    private long askAgainAt = Machine.NEVER;

    Selection(CheckList checkList) {
        this.checkList = checkList;
    }

    CandidatePair selected() {
        return selected;
    }

    /**
     * Chooses anew.
     *
     * @return whether another pair is selected than before
     */
    boolean select(IceRole role) {
        CandidatePair best = null;
        for (CandidatePair pair : checkList.pairs()) {
            if (pair.isValid() && (best == null || isBetter(pair, best, role))) {
                best = pair;
            }
        }
        boolean changed = best != selected;
        selected = best;
        return changed;
    }

    private static boolean isBetter(CandidatePair pair, CandidatePair than, IceRole role) {
        if (role == IceRole.CONTROLLED) {
            if (pair.useCandidate != than.useCandidate) {
                return pair.useCandidate;
            }
            if (pair.nomination != than.nomination) {
                return Integer.compareUnsigned(pair.nomination, than.nomination) > 0;
            }
        }
        return pair.priority > than.priority;
    }

    /** The pair to nominate now (controlling side only), or {@code null}: it is nominated already, or better is to be expected. */
    CandidatePair toNominate(long now) {
        askAgainAt = Machine.NEVER;
        if (selected == null || selected == nominee) {
            return null;
        }
        long until = hopeUntil(selected, now);
        if (until > now) {
            askAgainAt = until;
            return null;
        }
        return selected;
    }

    void nominated(CandidatePair pair) {
        nominee = pair;
    }

    /** Nominates anew: we were not controlling when it was done. */
    void forget() {
        nominee = null;
        agreed = null;
    }

    /** The selected pair, once each time that the two sides have come to agree on it; else {@code null}. */
    CandidatePair newlyAgreed(IceRole role) {
        if (selected == null || selected == agreed || !(role == IceRole.CONTROLLING ? selected.nominated : selected.useCandidate)) {
            return null;
        }
        agreed = selected;
        return agreed;
    }

    /** When {@link #toNominate} should be asked again. */
    long nextTimeout() {
        return askAgainAt;
    }

    /**
     * Until when a better pair than this one may still be expected to answer. A better pair that was checked for as long as this
     * one's round trip without an answer is probably one that goes nowhere, as host addresses of other networks do; should it
     * answer later after all, the nomination moves.
     */
    private long hopeUntil(CandidatePair valid, long now) {
        long until = now;
        for (CandidatePair pair : checkList.pairs()) {
            if (pair.priority <= valid.priority) {
                break;
            }
            if (pair.state == CandidatePair.State.IN_PROGRESS) {
                until = Math.max(until, pair.startedAt + valid.roundTrip);
            } else if (pair.state == CandidatePair.State.WAITING) {
                until = Math.max(until, now + valid.roundTrip);
            }
        }
        return until;
    }
}
