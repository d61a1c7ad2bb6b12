package io.natconnector.natpeer.ice;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.natpeer.cli.ExitCode;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** One run of {@code natpeer ice}: connects, pings, waits until the other side is done. Used once, by one thread. */
final class IceRun {
    private static final long GRACE = SECONDS.toNanos(5);

    private final Engine engine;
    private final IceSetup setup;
    private final SignalFiles files;
    private final IceEvents events;
    private final PingPong pings;
    private final int count;
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private volatile Leg leg;
    private volatile boolean over;

    /**
     * @param payload length of a ping, bytes
     * @param count how many pings must be answered
     */
    IceRun(Engine engine, IceSetup setup, SignalFiles files, IceEvents events, int payload, int count) {
        this.engine = engine;
        this.setup = setup;
        this.files = files;
        this.events = events;
        this.pings = new PingPong(payload);
        this.count = count;
    }

    /**
     * Tells the other side that we are ready, and waits until it is.
     *
     * @return false when it wasn't in time
     */
    boolean awaitOther() throws IOException {
        files.ready();
        if (!files.awaitReady(setup.timeout().toNanos())) {
            events.begin();
            events.failed("the other side was not ready after " + setup.timeout().toSeconds() + " s: no "
                    + Roles.text(Roles.other(setup.role())) + ".ready in the directory");
            return false;
        }
        return true;
    }

    /** @return the exit code: 0 only if data went both ways */
    int run() throws IOException, InterruptedException {
        events.begin();
        long start = System.nanoTime();
        leg = engine.open(setup, new Events());
        try {
            leg.start();
            Thread follower = new Thread(this::follow, "natpeer hearing");
            follower.setDaemon(true);
            follower.start();
            connected.get(setup.timeout().toNanos(), NANOSECONDS);
            events.connected(leg.path());
            return exchange(start + setup.timeout().toNanos()) ? ExitCode.OK : ExitCode.FAILED;
        } catch (ExecutionException e) {
            events.failed(e.getCause().getMessage());
            return ExitCode.FAILED;
        } catch (TimeoutException e) {
            events.failed("no path after " + setup.timeout().toMillis() / 1000.0 + " s");
            return ExitCode.FAILED;
        } finally {
            over = true;
            leg.close();
        }
    }

    /** Hears what the other side says until it has said all. */
    private void follow() {
        SignalFiles.Hearing hearing = files.hear();
        AtomicBoolean complete = new AtomicBoolean();
        BooleanSupplier ended = () -> {
            try {
                PeerWords words = hearing.poll();
                if (words != null) {
                    leg.hear(words);
                    complete.set(words.complete());
                }
                return over || complete.get();
            } catch (IOException | RuntimeException e) {
                connected.completeExceptionally(e);
                return true;
            }
        };
        SignalFiles.await(ended, Long.MAX_VALUE);
    }

    private boolean exchange(long deadline) throws IOException, InterruptedException {
        long[] roundTrips = new long[count];
        for (int i = 0; i < count; i++) {
            long timeout = i == 0 ? deadline - System.nanoTime() : setup.timeout().toNanos();
            roundTrips[i] = pings.ping(i, leg, timeout);
            if (roundTrips[i] < 0) {
                events.failed("connected, but ping " + i + " was not answered");
                return false;
            }
            if (i == 0) {
                events.data(roundTrips[0] / 1e6);
            }
        }
        files.done();
        files.awaitDone(GRACE);
        Arrays.sort(roundTrips);
        events.last(leg.path(), count, roundTrips[count / 2] / 1e6);
        return true;
    }

    private final class Events implements Leg.Listener {
        private final AtomicBoolean gathered = new AtomicBoolean();

        @Override
        public void words(PeerWords words) {
            try {
                files.tell(words);
            } catch (IOException e) {
                connected.completeExceptionally(new IOException("can't write to the directory: " + e.getMessage(), e));
            }
            if (words.complete() && gathered.compareAndSet(false, true)) {
                events.gathered();
            }
        }

        @Override
        public void connected() {
            connected.complete(null);
        }

        @Override
        public void received(ByteBuf payload) {
            pings.received(payload, leg);
        }

        @Override
        public void failed(String why) {
            connected.completeExceptionally(new IOException(why));
        }
    }
}
