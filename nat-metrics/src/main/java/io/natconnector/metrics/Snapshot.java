package io.natconnector.metrics;

import io.micrometer.core.instrument.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One look at many numbers for all meters that are read together: each look is a way to the event loop and back. */
final class Snapshot<T> {
    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(500);

    private final Supplier<T> look;
    private final Clock clock;
    private T seen;
    private long seenAt;

    Snapshot(Supplier<T> look, Clock clock) {
        this.look = look;
        this.clock = clock;
    }

    synchronized T get() {
        long now = clock.monotonicTime();
        if (seen == null || now - seenAt >= FRESH) {
            seen = look.get();
            seenAt = now;
        }
        return seen;
    }
}
