package io.natconnector.natpeer.serve;

import io.natconnector.NatServer;
import io.natconnector.natpeer.cli.Signals;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;

/** How a server comes to its end: SIGTERM lets its allocations come to theirs first, for a while; a second one does not wait. */
final class Departure {
    private static final long SLACK_SECONDS = 2;

    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final CompletableFuture<Void> urged = new CompletableFuture<>();

    private Departure() { }

    /** From here on SIGTERM does not end the process. */
    static Departure watch() {
        Departure departure = new Departure();
        Signals.handle("TERM", departure::signal);
        return departure;
    }

    private void signal() {
        if (!asked.complete(null)) {
            urged.complete(null);
        }
    }

    /**
     * Waits for SIGTERM, and then until nobody has an allocation any more, the time is over, or another one comes.
     *
     * @param within how long to wait at most
     * @param begins told how many allocations there are still when it begins to wait
     */
    void await(NatServer server, Duration within, LongConsumer begins) throws InterruptedException {
        try {
            asked.get();
            CompletableFuture<Void> drained = server.drain(within);
            begins.accept(server.statistics().activeAllocations());
            CompletableFuture.anyOf(drained, urged).get(within.toSeconds() + SLACK_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (TimeoutException e) {
            // the server is closed now, drained or not
        }
    }
}
