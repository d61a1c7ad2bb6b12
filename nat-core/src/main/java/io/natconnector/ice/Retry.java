package io.natconnector.ice;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;

/**
 * When to try again what did not answer, as long as there is nothing better than a relay. The longest wait under traffic stays
 * below the 30 s for which the most impatient NATs let answers in, so that the two sides' attempts meet without an appointment.
 */
final class Retry {
    private static final long FIRST = SECONDS.toNanos(1);
    private static final long EARLY = SECONDS.toNanos(16);
    /** While nothing works at all: a session does not wait for ever. */
    private static final long LONGEST_LOST = SECONDS.toNanos(5);
    private static final long LONGEST_ACTIVE = SECONDS.toNanos(25);
    private static final long LONGEST_IDLE = SECONDS.toNanos(300);

    private long after = FIRST;
    private long at = Machine.NEVER;

    /** Starts counting when there is reason to, stops when there is none. */
    void wanted(boolean wanted, long now) {
        if (!wanted) {
            at = Machine.NEVER;
            after = FIRST;
        } else if (at == Machine.NEVER) {
            at = now + after;
        }
    }

    /** Nothing works any more: no long waits. */
    void lost(long now) {
        after = Math.min(after, LONGEST_LOST);
        at = Math.min(at, now + LONGEST_LOST);
    }

    /** A NAT has lent somebody another port: try soon, once. */
    void nudge(long now) {
        at = at == Machine.NEVER ? at : Math.min(at, now + FIRST);
    }

    /** Something is new on either side: begin with the short waits again. */
    void reset(long now) {
        after = FIRST;
        at = at == Machine.NEVER ? at : now + after;
    }

    /** Whether something has changed a short while ago. */
    boolean isEarly() {
        return after <= EARLY;
    }

    /** Whether to try now; the wait grows on the way. */
    boolean isDue(boolean active, long now) {
        if (now < at) {
            return false;
        }
        after = Math.min(2 * after, active ? LONGEST_ACTIVE : LONGEST_IDLE);
        at = now + after;
        return true;
    }

    long nextTimeout() {
        return at;
    }
}
