package io.natconnector.ice;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;
import java.util.random.RandomGenerator;

/**
 * Keeps valid pairs valid and knows how far they can be trusted.
 *
 * <p>While there is traffic, the selected pair is asked every quarter of a second. A question that stays unanswered for longer than
 * the round trip makes the pair <em>doubtful</em>: data should go over another pair as well. When the doubt lasts for a second, the
 * pair is <em>down</em>, and another one is selected; it goes on being asked, and is up again once it has answered for a while.
 *
 * <p>Without traffic, a foreign peer's pair is asked as RFC 7675 wants it. Between two of ours, the controlling side asks every
 * 24 seconds or so, and the controlled one only when that does not come: silence needs no consent, but who hears nothing has
 * to find out whether he can still be reached.
 */
final class Upkeep {
    /** Valid pairs beyond this many are not asked. */
    private static final int MAX_KEPT = 4;
    private static final long HEARTBEAT = MILLISECONDS.toNanos(250);
    private static final long DOUBT_HEARTBEAT = MILLISECONDS.toNanos(100);
    private static final long BACKUP_HEARTBEAT = MILLISECONDS.toNanos(1_500);
    /** How long after the last datagram of the application there is still traffic. */
    private static final long TRAFFIC_LASTS = SECONDS.toNanos(3);
    private static final long IDLE_CONTROLLING = SECONDS.toNanos(22);
    private static final long IDLE_JITTER = SECONDS.toNanos(4);
    /** A little more than the longest that the other side waits, so that it is asked first; and below what most NATs remember. */
    private static final long IDLE_CONTROLLED = SECONDS.toNanos(27);
    private static final long DOWN_AFTER = SECONDS.toNanos(1);
    /** A pair that was down must have answered for this long, without a gap, before it is trusted again. */
    private static final long UP_AFTER = MILLISECONDS.toNanos(600);

    private final IceSettings settings;
    private final CheckList checkList;
    private final RandomGenerator random;
    private long activeUntil = -1;
    private boolean thrifty;

    Upkeep(IceSettings settings, CheckList checkList, RandomGenerator random) {
        this.settings = settings;
        this.checkList = checkList;
        this.random = random;
    }

    /** The peer is one of ours: it takes silence for what it is. */
    void thrifty(boolean peerIsOurs) {
        thrifty = peerIsOurs;
    }

    /** The application sends or receives; whether it did not just now. */
    boolean traffic(CandidatePair selected, long now) {
        boolean wakes = activeUntil < now;
        activeUntil = now + TRAFFIC_LASTS;
        if (wakes) {
            for (CandidatePair pair : checkList.pairs()) {
                if (pair.isValid() && (pair == selected || isKept(pair))) {
                    boolean fresh = now - pair.confirmedAt < HEARTBEAT;
                    pair.nextCheckAt = Math.min(pair.nextCheckAt, fresh ? now + HEARTBEAT : now);
                }
            }
        }
        return wakes;
    }

    /** The peer has asked over the selected pair: a controlled side that is idle need not. */
    void heard(CandidatePair selected, IceRole role, long now) {
        if (thrifty && role == IceRole.CONTROLLED && !isActive(now) && !selected.isDoubtful(now) && !isNew(selected)) {
            selected.nextCheckAt = now + IDLE_CONTROLLED;
        }
    }

    /** The selected pair is doubtful: see at once who else is there. */
    void alarm(long now) {
        for (CandidatePair pair : checkList.pairs()) {
            if (pair.isValid() && isKept(pair)) {
                pair.nextCheckAt = Math.min(pair.nextCheckAt, now);
            }
        }
    }

    /** The pair was selected: if its last answer is old, it is asked at once. */
    void selected(CandidatePair pair, long now) {
        boolean fresh = now - pair.confirmedAt <= settings.consentInterval();
        pair.nextCheckAt = fresh ? now + interval(pair, true, IceRole.CONTROLLING, now) : now;
    }

    /** Sets when a valid pair is to be asked next, after it was asked just now. */
    void schedule(CandidatePair pair, boolean selected, IceRole role, long now) {
        boolean kept = selected || isKept(pair) && (!thrifty || activeUntil >= now || pair.isDoubtful(now) || isNew(pair));
        pair.nextCheckAt = kept ? now + interval(pair, selected, role, now) : Machine.NEVER;
    }

    private long interval(CandidatePair pair, boolean selected, IceRole role, long now) {
        if (pair.isDoubtful(now)) {
            long doubt = now - pair.unansweredSince;
            return doubt < SECONDS.toNanos(2) ? DOUBT_HEARTBEAT
                    : doubt < SECONDS.toNanos(10) ? MILLISECONDS.toNanos(500) : SECONDS.toNanos(2);
        }
        if (activeUntil >= now) {
            return selected || pair.down || isNew(pair) ? HEARTBEAT : BACKUP_HEARTBEAT;
        }
        if (thrifty && isNew(pair)) {
            return HEARTBEAT;
        }
        if (!selected) {
            return random(settings.keepAliveInterval());
        }
        if (thrifty && role == IceRole.CONTROLLED) {
            return IDLE_CONTROLLED;
        }
        return thrifty ? IDLE_CONTROLLING + (long) (IDLE_JITTER * random.nextDouble()) : random(settings.consentInterval());
    }

    /** A few answers more tell how long they usually take. */
    private static boolean isNew(CandidatePair pair) {
        return !pair.isRelayed() && pair.answersReceived < 3;
    }

    /** RFC 7675, section 5.1: between 0.8 and 1.2 of the interval, so that pairs don't fall into step. */
    private long random(long interval) {
        return (long) (interval * (0.8 + 0.4 * random.nextDouble()));
    }

    private boolean isKept(CandidatePair pair) {
        int better = 0;
        for (CandidatePair other : checkList.pairs()) {
            if (other == pair) {
                return true;
            }
            // The best relayed one is always kept: it is what works when nothing else does.
            if (other.isValid() && ++better >= MAX_KEPT && !pair.isRelayed()) {
                return false;
            }
        }
        return true;
    }

    /** Whether the pair wants to be asked now. One that has not answered for too long fails on the way. */
    boolean isDue(CandidatePair pair, long now) {
        if (!pair.isValid()) {
            return false;
        }
        if (now >= expiry(pair)) {
            pair.fail("no answer for " + (now - pair.unansweredSince) / 1_000_000_000L + " s");
            return false;
        }
        return now >= pair.nextCheckAt;
    }

    /**
     * Draws the lines between trust, doubt and down.
     *
     * @return whether the pair has just become doubtful
     */
    boolean judge(CandidatePair pair, long now) {
        if (!pair.isValid()) {
            return false;
        }
        if (now >= downAt(pair)) {
            pair.down = true;
            pair.upSince = Machine.NEVER;
        } else if (pair.down && pair.upSince != Machine.NEVER && now - pair.upSince >= UP_AFTER) {
            pair.down = false;
        }
        boolean newly = !pair.doubted && pair.isDoubtful(now);
        pair.doubted = pair.isDoubtful(now);
        if (newly) {
            pair.nextCheckAt = Math.min(pair.nextCheckAt, now + DOUBT_HEARTBEAT);
        }
        return newly;
    }

    boolean isActive(long now) {
        return activeUntil >= now;
    }

    private static long downAt(CandidatePair pair) {
        return pair.unansweredSince == Machine.NEVER ? Machine.NEVER : pair.unansweredSince + pair.patience() + DOWN_AFTER;
    }

    long due(CandidatePair pair) {
        if (!pair.isValid()) {
            return Machine.NEVER;
        }
        long next = Math.min(pair.nextCheckAt, expiry(pair));
        if (!pair.down) {
            long doubtAt = pair.doubted || pair.unansweredSince == Machine.NEVER
                    ? Machine.NEVER : pair.unansweredSince + pair.patience();
            return Math.min(next, Math.min(doubtAt, downAt(pair)));
        }
        return pair.upSince == Machine.NEVER ? next : Math.min(next, pair.upSince + UP_AFTER);
    }

    private long expiry(CandidatePair pair) {
        if (pair.unansweredSince == Machine.NEVER) {
            return Machine.NEVER;
        }
        return (thrifty ? pair.unansweredSince : pair.confirmedAt) + settings.consentTimeout();
    }
}
