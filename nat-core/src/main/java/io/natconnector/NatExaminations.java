package io.natconnector;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The examinations of a connector that are under way. All but {@link #begin} on the event loop alone. */
final class NatExaminations {
    private static final int MOST_IDLE = 16;
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(10);

    private final Loop loop;
    private final Servers servers;
    private final Supplier<List<InetAddress>> local;
    private final RandomGenerator random;
    private final Set<NatExamination> running = new LinkedHashSet<>();
    private boolean closed;

    NatExaminations(Loop loop, Servers servers, Supplier<List<InetAddress>> local, RandomGenerator random) {
        this.loop = loop;
        this.servers = servers;
        this.local = local;
        this.random = random;
    }

    /** Any thread. */
    CompletableFuture<List<NatReport>> begin(List<Duration> idle) {
        if (idle.size() > MOST_IDLE || idle.stream().anyMatch(time -> time.isNegative() || time.isZero()
                || time.compareTo(LONGEST_IDLE) > 0)) {
            throw new IllegalArgumentException("expected " + MOST_IDLE + " times at most, above zero and up to ten minutes, not "
                    + idle);
        }
        List<Long> nanos = idle.stream().map(Duration::toNanos).toList();
        CompletableFuture<List<NatReport>> future = new CompletableFuture<>();
        if (!loop.execute(() -> begin(nanos, future))) {
            future.completeExceptionally(closed());
        }
        return future;
    }

    private void begin(List<Long> idle, CompletableFuture<List<NatReport>> future) {
        if (closed) {
            future.completeExceptionally(closed());
            return;
        }
        NatExamination examination = new NatExamination(loop, servers, local.get(), idle, random);
        running.add(examination);
        examination.start().whenComplete((reports, failure) -> {
            running.remove(examination);
            if (failure == null) {
                future.complete(reports);
            } else {
                future.completeExceptionally(failure);
            }
        });
    }

    void close() {
        closed = true;
        List.copyOf(running).forEach(examination -> examination.cancel(closed()));
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the connector is closed");
    }
}
