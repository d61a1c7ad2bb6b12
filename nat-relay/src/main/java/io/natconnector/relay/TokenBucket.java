package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

/** A byte rate with a burst of one second's worth. */
final class TokenBucket {
    private final long bytesPerSecond;
    private long tokens;
    private long filledAt;

    TokenBucket(long bytesPerSecond, long now) {
        this.bytesPerSecond = bytesPerSecond;
        this.tokens = bytesPerSecond;
        this.filledAt = now;
    }

    /** Takes what has gone already, there or not; answers how long it takes until that is earned, in nanoseconds. */
    long charge(int bytes, long now) {
        earn(now);
        tokens -= bytes;
        return tokens >= 0 ? 0 : -tokens * SECONDS.toNanos(1) / bytesPerSecond + 1;
    }

    boolean take(int bytes, long now) {
        earn(now);
        if (tokens < bytes) {
            return false;
        }
        tokens -= bytes;
        return true;
    }

    private void earn(long now) {
        long elapsed = now - filledAt;
        long earned = elapsed >= SECONDS.toNanos(1) ? bytesPerSecond : elapsed * bytesPerSecond / SECONDS.toNanos(1);
        if (earned > 0) {
            tokens = Math.min(bytesPerSecond, tokens + earned);
            filledAt = now;
        }
    }
}
