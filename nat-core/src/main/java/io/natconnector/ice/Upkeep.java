package io.natconnector.ice;

import io.natconnector.stun.Machine;
import java.util.random.RandomGenerator;

/**
 * Keeps valid pairs valid: consent checks on the selected one (RFC 7675), slower ones on the others, which keep their NAT bindings
 * and relay permissions open so that there is somewhere to fall back to.
 */
final class Upkeep {
    /** Valid pairs beyond this many are left to expire. */
    private static final int MAX_KEPT = 4;

    private final IceSettings settings;
    private final CheckList checkList;
    private final RandomGenerator random;

    Upkeep(IceSettings settings, CheckList checkList, RandomGenerator random) {
        this.settings = settings;
        this.checkList = checkList;
        this.random = random;
    }

    /** The pair was selected: if its last answer is old, it is asked at once. */
    void selected(CandidatePair pair, long now) {
        boolean fresh = now - pair.confirmedAt <= settings.consentInterval();
        pair.nextCheckAt = fresh ? after(settings.consentInterval(), now) : now;
    }

    /** Sets when a valid pair is to be checked next, after it was checked just now. */
    void schedule(CandidatePair pair, boolean selected, long now) {
        if (selected) {
            pair.nextCheckAt = after(settings.consentInterval(), now);
        } else {
            pair.nextCheckAt = isKept(pair) ? after(settings.keepAliveInterval(), now) : Machine.NEVER;
        }
    }

    /** RFC 7675, section 5.1: between 0.8 and 1.2 of the interval, so that pairs don't fall into step. */
    private long after(long interval, long now) {
        return now + (long) (interval * (0.8 + 0.4 * random.nextDouble()));
    }

    private boolean isKept(CandidatePair pair) {
        int better = 0;
        for (CandidatePair other : checkList.pairs()) {
            if (other == pair) {
                return true;
            }
            if (other.isValid() && ++better >= MAX_KEPT) {
                return false;
            }
        }
        return true;
    }

    /** Whether the pair wants a check now. One whose consent has run out fails on the way. */
    boolean isDue(CandidatePair pair, long now) {
        if (!pair.isValid()) {
            return false;
        }
        if (now >= expiry(pair)) {
            pair.fail("no answer for " + (now - pair.confirmedAt) / 1_000_000_000L + " s");
            return false;
        }
        return now >= pair.nextCheckAt;
    }

    long due(CandidatePair pair) {
        return pair.isValid() ? Math.min(pair.nextCheckAt, expiry(pair)) : Machine.NEVER;
    }

    private long expiry(CandidatePair pair) {
        return pair.confirmedAt + settings.consentTimeout();
    }
}
