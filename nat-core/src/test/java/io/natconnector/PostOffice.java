package io.natconnector;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Signalling within one JVM: delivers at once, on the sender's thread. */
final class PostOffice {
    private final Map<String, Signaling.Listener> boxes = new ConcurrentHashMap<>();
    final AtomicInteger carried = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    volatile boolean broken;

    Signaling counter() {
        return new Signaling() {
            private String name;

            @Override
            public void start(String self, Listener listener) {
                name = self;
                boxes.put(self, listener);
                if (!broken) {
                    listener.state(true, "");
                } else {
                    listener.state(false, "the post office is on strike");
                }
            }

            @Override
            public CompletableFuture<Void> send(String to, String text) {
                if (broken) {
                    return CompletableFuture.failedFuture(new IOException("on strike"));
                }
                Listener listener = boxes.get(to);
                if (listener != null) {
                    carried.incrementAndGet();
                    listener.received(name, text);
                }
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void close() {
                closed.incrementAndGet();
                boxes.remove(name);
            }
        };
    }
}
