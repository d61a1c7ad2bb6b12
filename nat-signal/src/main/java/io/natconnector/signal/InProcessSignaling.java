package io.natconnector.signal;

import io.natconnector.Signaling;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One peer's end of an {@link InProcessExchange}. */
final class InProcessSignaling implements Signaling {
    private static final Logger LOG = LoggerFactory.getLogger(InProcessSignaling.class);

    private final InProcessExchange exchange;
    private volatile String self;
    private volatile Listener listener;
    private volatile boolean closed;

    InProcessSignaling(InProcessExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public synchronized void start(String name, Listener told) {
        PeerName.utf8(name);
        if (listener != null) {
            throw new IllegalStateException("this signalling was started before");
        }
        listener = told;
        self = name;
        if (!closed) {
            exchange.join(name, this);
            exchange.execute(() -> tell(() -> told.state(true, "")));
        }
    }

    @Override
    public CompletableFuture<Void> send(String to, String text) {
        if (closed || self == null) {
            return failed(closed ? "this signalling is closed" : "this signalling was not started");
        }
        try {
            PeerName.utf8(to);
            Letter.words(text);                                // for a test to fail here rather than in the field
            exchange.deliver(self, to, text);
            return CompletableFuture.completedFuture(null);
        } catch (IllegalArgumentException e) {
            return failed(e.getMessage());
        } catch (RejectedExecutionException e) {
            return failed("the exchange's executor takes no more");
        }
    }

    void receive(String from, String text) {
        tell(() -> listener.received(from, text));
    }

    private void tell(Runnable callback) {
        if (closed) {
            return;
        }
        try {
            callback.run();
        } catch (RuntimeException e) {
            LOG.warn("The listener of {} threw", PeerName.encoded(self), e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (self != null) {
            exchange.leave(self, this);
        }
    }

    private static CompletableFuture<Void> failed(String why) {
        return CompletableFuture.failedFuture(new IOException(why));
    }
}
