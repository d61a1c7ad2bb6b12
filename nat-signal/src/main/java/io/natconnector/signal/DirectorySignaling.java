package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.natconnector.Signaling;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signalling through a directory that all peers can write to: on one machine, or a shared folder. Each message is a file in the
 * sub-directory of its receiver, which takes it away. Whoever can read the directory can read the words, and whoever can write to
 * it can forge them: its permissions are the only lock.
 *
 * <p>Words are good for 60 s; older files are removed by whoever comes across them. The clocks of the machines may be 30 s apart.
 *
 * <p>Any thread. From {@link #start} to {@link #close} it has one daemon thread, which looks every 20 ms and calls the listener.
 */
public final class DirectorySignaling implements Signaling {
    private static final Logger LOG = LoggerFactory.getLogger(DirectorySignaling.class);
    private static final long POLL_MILLIS = 20;
    private static final long SKEW = 30_000;
    private static final int MAX_SEEN = 4096;
    private static final int MAX_UNWRITTEN = 256;

    private final Path root;
    private final LongSupplier clock;
    private final OpenEnvelope envelope = new OpenEnvelope("");
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger unwritten = new AtomicInteger();
    private ScheduledExecutorService executor;                // null before start
    private volatile boolean closed;
    private String self;
    private Listener listener;
    private Mailbox inbox;
    private Freshness freshness;                              // this and the next belong to the thread
    private String told;

    private DirectorySignaling(Path root, LongSupplier clock) {
        this.root = root;
        this.clock = clock;
    }

    /** Signalling through this directory, which is made if it is not there. */
    public static DirectorySignaling in(Path directory) {
        return in(directory, System::currentTimeMillis);
    }

    /** @param clock milliseconds of the Unix epoch */
    static DirectorySignaling in(Path directory, LongSupplier clock) {
        return new DirectorySignaling(directory, clock);
    }

    /** @throws IllegalStateException if it was started before */
    @Override
    public synchronized void start(String name, Listener told) {
        inbox = new Mailbox(root, name, clock);
        if (executor != null) {
            throw new IllegalStateException("this signalling was started before");
        }
        self = name;
        listener = told;
        freshness = new Freshness(Mailbox.EXPIRY, SKEW, MAX_SEEN, clock.getAsLong());
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "natconnector-directory");
            thread.setDaemon(true);
            return thread;
        });
        if (closed) {
            executor.shutdown();
        } else {
            executor.scheduleWithFixedDelay(this::poll, 0, POLL_MILLIS, MILLISECONDS);
        }
    }

    @Override
    public CompletableFuture<Void> send(String to, String text) {
        ScheduledExecutorService running = executor();
        if (closed || running == null) {
            return CompletableFuture.failedFuture(
                    new IOException(closed ? "this signalling is closed" : "this signalling was not started"));
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        if (unwritten.incrementAndGet() > MAX_UNWRITTEN) {
            unwritten.decrementAndGet();
            result.completeExceptionally(new IOException("too many messages wait to be written to " + root));
            return result;
        }
        try {
            running.execute(() -> write(to, text, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new IOException("this signalling is closed"));
        }
        return result;
    }

    private synchronized ScheduledExecutorService executor() {
        return executor;
    }

    private void write(String to, String text, CompletableFuture<Void> result) {
        unwritten.decrementAndGet();
        try {
            if (closed) {
                throw new IOException("this signalling is closed");
            }
            Letter letter = new Letter(MessageId.random(random), clock.getAsLong(), self, text);
            new Mailbox(root, to, clock).put(letter, envelope.wrap(letter, to));
            result.complete(null);
        } catch (IOException e) {
            result.completeExceptionally(e);
        } catch (RuntimeException e) {                        // a name or text that can't be sent, a file system that surprises
            result.completeExceptionally(new IOException(e.getMessage(), e));
        }
    }

    private void poll() {
        try {
            inbox.take(this::received);
            tellState(true, "");
        } catch (IOException e) {
            tellState(false, "the directory " + root + " can't be used: " + e + "; still trying");
        } catch (RuntimeException e) {                        // a periodic task that throws is never run again
            LOG.warn("Looking into {} failed", root, e);
        }
    }

    private void received(byte[] file) {
        Letter letter = envelope.unwrap(file, self);
        if (letter == null || freshness.judge(letter, clock.getAsLong()) != Freshness.Verdict.FRESH) {
            LOG.debug("A file for {} was no message, too old, or came twice", self);
            return;
        }
        tell(() -> listener.received(letter.from(), letter.text()));
    }

    private void tellState(boolean up, String advice) {
        if (!advice.equals(told)) {
            told = advice;
            tell(() -> listener.state(up, advice));
        }
    }

    private void tell(Runnable callback) {
        if (closed) {
            return;
        }
        try {
            callback.run();
        } catch (RuntimeException e) {
            LOG.warn("The listener of {} threw", root, e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (executor != null) {
            executor.execute(inbox::removeIfEmpty);
            executor.shutdown();                              // lets what was queued run, which fails now
        }
    }
}
