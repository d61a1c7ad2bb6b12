package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import java.util.random.RandomGenerator;

/** When the client of an allocation must do something for it to live. */
final class AllocationTimes {
    /**
     * A first answer is often only milliseconds away, so a lost request is repeated long before the 500 ms of RFC 8489, section
     * 6.2.1; and a dead relay is known to be dead after 8 s instead of 39.5 s, while there is time to take another. Where two of
     * three round trips fail, one of ten still succeeds in 98 of 100 cases.
     */
    static final Retransmission FAST = schedule(8_000, 0, 100, 300, 700, 1_500, 2_500, 3_500, 4_500, 5_500, 6_500);
    static final Retransmission FAST_RELIABLE = schedule(8_000, 0);
    /** Nobody waits for a farewell; the relay forgets by itself in the end. */
    static final Retransmission FAREWELL = schedule(3_000, 0, 100, 300, 700, 1_500);
    /** A NAT in between forgets us in silence; RFC 8445, section 11 wants no less than 15 s between. */
    private static final long KEEP_ALIVE = SECONDS.toNanos(20);
    private static final long HINT_PAUSE = SECONDS.toNanos(10);
    /** RFC 8656, section 3.2: when the relay does not say. */
    private static final long USUAL_LIFETIME_SECONDS = 600;
    private static final long LONGEST_LIFETIME_SECONDS = 24 * 3600;

    private final RandomGenerator random;
    private long interval = KEEP_ALIVE;
    private long usualLifetime;
    private long refreshAt = Machine.NEVER;
    private long keepAliveAt = Machine.NEVER;
    private long askedAgainAt;
    private long lastSent;
    private long lastReceived;
    private long waitsSince = Machine.NEVER;            // when the first was sent after the last that came

    AllocationTimes(RandomGenerator random) {
        this.random = random;
    }

    private static Retransmission schedule(long giveUpMillis, long... offsetMillis) {
        long[] offsets = new long[offsetMillis.length];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = MILLISECONDS.toNanos(offsetMillis[i]);
        }
        return Retransmission.of(MILLISECONDS.toNanos(giveUpMillis), offsets);
    }

    /** What a success answer grants, in nanoseconds. */
    static long lifetimeOf(StunMessage answer) {
        Integer seconds = answer.get(StunAttribute.LIFETIME);
        long granted = seconds == null ? USUAL_LIFETIME_SECONDS : Integer.toUnsignedLong(seconds);
        return SECONDS.toNanos(Math.max(1, Math.min(granted, LONGEST_LIFETIME_SECONDS)));
    }

    void keepAlive(long nanos) {
        interval = nanos;
    }

    void begin(long lifetime, long now) {
        usualLifetime = lifetime;
        keepAliveAt = now + interval;
        granted(lifetime, now);
    }

    /**
     * Half the lifetime, less a jitter, so that thousands that began together do not come back together.
     *
     * @return whether that is much less than at first
     */
    boolean granted(long lifetime, long now) {
        refreshAt = now + lifetime / 2 - random.nextLong(lifetime / 20 + 1);
        return lifetime < usualLifetime / 2;
    }

    void sent(long now) {
        lastSent = now;
        waitsSince = Math.min(waitsSince, now);
    }

    void received(long now) {
        lastReceived = now;
        waitsSince = Machine.NEVER;
    }

    /** Whether something was sent so long before and nothing has come since. */
    boolean hasWaited(long nanos, long now) {
        return waitsSince != Machine.NEVER && now - waitsSince >= nanos;
    }

    boolean hasReceivedSince(long when) {
        return lastReceived > when;
    }

    /** Whether what anybody may have sent is reason enough to ask the relay; not more often than once in ten seconds. */
    boolean takeHint(long now) {
        if (now < askedAgainAt) {
            return false;
        }
        askedAgainAt = now + HINT_PAUSE;
        return true;
    }

    /** Whether the allocation is to be refreshed now; then it isn't again before {@link #granted}. */
    boolean takeRefresh(long now) {
        if (refreshAt > now) {
            return false;
        }
        refreshAt = Machine.NEVER;
        return true;
    }

    /**
     * Whether the way to the relay must be tried now. Both directions count: ours keeps the NAT's mapping, an answer shows that
     * there is still somebody.
     */
    boolean takeKeepAlive(long now) {
        if (keepAliveAt > now) {
            return false;
        }
        long due = Math.min(lastSent, lastReceived) + interval;
        keepAliveAt = due > now ? due : now + interval;
        return due <= now;
    }

    void end() {
        refreshAt = Machine.NEVER;
        keepAliveAt = Machine.NEVER;
    }

    long next() {
        return Math.min(refreshAt, keepAliveAt);
    }
}
