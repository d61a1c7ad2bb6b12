package io.natconnector.ice;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;

/**
 * When to try again what did not answer, as long as there is nothing better than a relay. The longest wait under traffic stays
 * below the 30 s for which the most impatient NATs let answers in, so that the two sides' attempts meet without an appointment.
 *
 * <p>While nobody sends anything, a better path is of little use, and looking for one costs what keeps a battery awake: the waits
 * grow to hours. What wakes the session then is followed by an attempt at once.
 */
final class Retry {
    private static final long FIRST = SECONDS.toNanos(1);
    private static final long EARLY = SECONDS.toNanos(16);
    private static final long AWOKEN = EARLY / 2;
    /** While nothing works at all: a session does not wait for ever, and few wait for long. */
    private static final long LONGEST_LOST = SECONDS.toNanos(5);
    private static final long LONG_LOST = SECONDS.toNanos(60);
    private static final long LONGEST_ACTIVE = SECONDS.toNanos(25);
    private static final long LONGEST_IDLE = HOURS.toNanos(2);

    private long after = FIRST;
    private long triedAt;
    private long at = Machine.NEVER;
    private long lostAt = Machine.NEVER;

    /** Starts counting when there is reason to, stops when there is none. */
    void wanted(boolean wanted, long now) {
        if (!wanted) {
            at = Machine.NEVER;
            after = FIRST;
        } else if (at == Machine.NEVER) {
            at = now + after;
            triedAt = now;
        }
    }

    /** Nothing works any more: no long waits. */
    void lost(long now) {
        lostAt = lostAt == Machine.NEVER ? now : lostAt;
        long longest = now - lostAt < LONG_LOST ? LONGEST_LOST : LONGEST_ACTIVE;
        after = Math.min(after, longest);
        at = Math.min(at, now + longest);
    }

    /** Something works. */
    void found() {
        lostAt = Machine.NEVER;
    }

    /** A NAT has lent somebody another port: try soon, once. One that does so all the time is no reason to where nobody sends. */
    void nudge(long now) {
        at = at == Machine.NEVER || isRare() ? at : Math.min(at, now + FIRST);
    }

    /** Something is new on either side: begin with the short waits again. */
    void reset(long now) {
        after = FIRST;
        at = at == Machine.NEVER ? at : now + after;
    }

    /**
     * Somebody sends again: what was not tried for longer than it would be under traffic is, now.
     *
     * @return whether it is
     */
    boolean awoken(long now) {
        boolean due = at != Machine.NEVER && now - triedAt >= LONGEST_ACTIVE;
        if (due) {
            after = AWOKEN;
            at = now;
        }
        return due;
    }

    /** Whether something has changed a short while ago. */
    boolean isEarly() {
        return after <= EARLY;
    }

    /** Whether the waits are longer than they would be under traffic. */
    boolean isRare() {
        return after > LONGEST_ACTIVE;
    }

    /** Whether to try now; the wait grows on the way. */
    boolean isDue(boolean active, long now) {
        if (now < at) {
            return false;
        }
        after = Math.min(2 * after, active ? LONGEST_ACTIVE : LONGEST_IDLE);
        at = now + after;
        triedAt = now;
        return true;
    }

    long nextTimeout() {
        return at;
    }
}
