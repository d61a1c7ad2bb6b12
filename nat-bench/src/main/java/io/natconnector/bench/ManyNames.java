package io.natconnector.bench;

import io.natconnector.Signaling;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Signalling between two connectors within this JVM that know each other by any number of names: what the first sends to
 * {@code NUMBER} reaches the second as from {@code NUMBER}, and back. So they may have any number of connections.
 */
final class ManyNames implements AutoCloseable {
    private final ExecutorService post = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "bench-post");
        thread.setDaemon(true);
        return thread;
    });
    private final End first = new End();
    private final End second = new End();

    Signaling first() {
        return first;
    }

    Signaling second() {
        return second;
    }

    @Override
    public void close() {
        post.shutdownNow();
    }

    private final class End implements Signaling {
        private volatile Listener listener;

        @Override
        public void start(String self, Listener told) {
            listener = told;
            post.execute(() -> told.state(true, ""));
        }

        @Override
        public CompletableFuture<Void> send(String to, String text) {
            Listener other = (this == first ? second : first).listener;
            try {
                if (other != null) {
                    post.execute(() -> other.received(to, text));
                }
                return CompletableFuture.completedFuture(null);
            } catch (RejectedExecutionException e) {
                return CompletableFuture.failedFuture(new IOException("closed"));
            }
        }

        @Override
        public void close() {
            listener = null;
        }
    }
}
