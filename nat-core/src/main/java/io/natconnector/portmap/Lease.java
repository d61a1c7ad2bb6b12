package io.natconnector.portmap;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;

/** The times of a mapping that exists: when to renew it, when to look whether the gateway still has it, when it ends. */
final class Lease {
    /** A mapping lives for hours, a gateway loses it in a moment: at a reboot. Asking costs one small packet. */
    static final long CHECK_INTERVAL = SECONDS.toNanos(60);
    /** Less can't be kept up. In seconds. */
    static final long SHORTEST = 8;
    /** RFC 6887, section 11.2.1: at most so often. */
    private static final long RENEW_INTERVAL = SECONDS.toNanos(4);
    /** A gateway that reboots is silent for a minute or two; one that is silent for longer has lost us, or we it. */
    private static final int MOST_SILENCE = 3;

    private final long seconds;
    private final long expires;
    private long renewAt;
    private long checkAt;
    private int silence;

    /** @param seconds granted just now; 0 for ever */
    Lease(long seconds, long now) {
        this.seconds = Math.min(seconds, Mapping.LONGEST_LIFETIME);
        this.expires = seconds == 0 ? Machine.NEVER : now + SECONDS.toNanos(this.seconds);
        this.checkAt = now + CHECK_INTERVAL;
        renewLater(now);
    }

    long seconds() {
        return seconds;
    }

    /** After half of what is left. */
    void renewLater(long now) {
        renewAt = expires == Machine.NEVER ? Machine.NEVER : now + Math.max(RENEW_INTERVAL, (expires - now) / 2);
    }

    void checkLater(long now) {
        checkAt = now + CHECK_INTERVAL;
    }

    void answered(long now) {
        silence = 0;
        checkLater(now);
    }

    /** A look that was not answered; whether that is one too many. */
    boolean unanswered(long now) {
        checkLater(now);
        return ++silence >= MOST_SILENCE;
    }

    boolean isExpired(long now) {
        return now >= expires;
    }

    boolean isRenewalDue(long now) {
        return now >= renewAt;
    }

    boolean isCheckDue(long now) {
        return now >= checkAt;
    }

    long expires() {
        return expires;
    }

    /** When the next of these is due. */
    long next() {
        return Math.min(expires, Math.min(renewAt, checkAt));
    }
}
