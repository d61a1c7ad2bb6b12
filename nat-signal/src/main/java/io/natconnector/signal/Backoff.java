package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: 250 ms, doubled each time up to 30 s, of which the second half is left to chance so
 * that the clients of a broker that comes back don't all come back together.
 */
final class Backoff {
    static final long FIRST = MILLISECONDS.toNanos(250);
    static final long LONGEST = SECONDS.toNanos(30);

    private final RandomGenerator random;
    private long next = FIRST;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** Nanoseconds. */
    long next() {
        long delay = next;
        next = Math.min(LONGEST, 2 * next);
        return delay / 2 + random.nextLong(delay / 2 + 1);
    }

    void reset() {
        next = FIRST;
    }
}
