package io.natconnector;

import io.natconnector.relay.RelayServer;
import io.natconnector.relay.RelayServerConfig;
import io.natconnector.relay.RelayServerEvent;
import io.natconnector.relay.RelayStatistics;
import io.natconnector.stun.Transport;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A STUN server and TURN relay within this process, over UDP, and over TCP, TLS and DTLS where it is told to.
 *
 * <pre>{@code
 * NatServer server = NatServer.builder()
 *         .listen(new InetSocketAddress("0.0.0.0", 3478)).realm("example.org").user("alice", "secret")
 *         .start();
 * }</pre>
 *
 * <p>Relays for those alone who prove that they know a password, and to public addresses alone unless told otherwise. Without users
 * it is a STUN server.
 *
 * <p>All methods may be called from any thread.
 */
public final class NatServer implements AutoCloseable {
    private static final long OPEN_MILLIS = 10_000;
    private static final long CLOSE_MILLIS = 5_000;

    private final Loop loop;
    private final RelayServer server;
    private final MachineDriver driver;
    private final CompletableFuture<List<InetSocketAddress>> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final int wanted;
    private final Consumer<RelayServerEvent> listener;
    private volatile RelayStatistics lastStatistics;
    private volatile boolean draining;
    private List<InetSocketAddress> addresses = List.of();

    /** @param listener told of allocations, on the loop */
    NatServer(Loop loop, RelayServerConfig config, ConnectionSettings connections, int wanted, RandomGenerator random,
            Consumer<RelayServerEvent> listener) {
        this.loop = loop;
        this.listener = listener;
        this.wanted = wanted;
        // Users' credentials may run out by the calendar, so this is the one place where it is looked at
        this.server = new RelayServer(config, random, TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()), 0);
        this.driver = loop.drive(server, connections, now -> settle());
        this.lastStatistics = server.statistics();
    }

    public static NatServerBuilder builder() {
        return new NatServerBuilder();
    }

    /** Waits until all sockets that it listens at are open. */
    void open(String where) throws IOException {
        driver.run(now -> { });
        addresses = Loop.await(opened, OPEN_MILLIS, List.of());
        if (addresses.size() < wanted) {
            close();
            throw new BindException("can't listen at " + where + ": is the port taken, is the address one of this machine?");
        }
    }

    private void settle() {
        // Each that was asked for is there or has failed by now
        if (!opened.isDone() && driver.counters().settled.value() >= wanted) {
            opened.complete(server.listening());
        }
        if (draining && !drained.isDone() && server.isDrained()) {
            drained.complete(null);
        }
        for (RelayServerEvent event; (event = server.pollEvent()) != null; ) {
            listener.accept(event);
        }
    }

    /** Where it listens; the first one when there are several. */
    public InetSocketAddress localAddress() {
        return addresses.get(0);
    }

    /** All addresses that it listens at. */
    public List<InetSocketAddress> localAddresses() {
        return addresses;
    }

    /** Where it listens for this transport: none before it has started or after it has ended. */
    public List<InetSocketAddress> localAddresses(Transport transport) {
        return loop.ask(() -> server.listening(transport), List.of());
    }

    /** What it has done until now. */
    public RelayStatistics statistics() {
        return loop.ask(() -> lastStatistics = server.statistics(), lastStatistics);
    }

    /** What its sockets have carried until now. */
    public SocketStatistics sockets() {
        return SocketStatistics.of(driver.counters());
    }

    /** How long its event loop takes to answer: how busy it is; empty when there is no answer for two seconds, or it is closed. */
    public Optional<Duration> ping() {
        long asked = System.nanoTime();
        long answered = loop.ask(System::nanoTime, asked);
        return answered == asked ? Optional.empty() : Optional.of(Duration.ofNanos(answered - asked));
    }

    /**
     * Goes out of service in good order: nobody gets a new allocation, those who have one keep it for a while and are told where to
     * go instead. Called again it changes nothing. Close the server afterwards.
     *
     * @param within how long allocations may last yet; what is left then is ended
     * @return done when nobody has an allocation any more, or the server is closed
     */
    public CompletableFuture<Void> drain(Duration within) {
        draining = true;
        boolean runs = driver.run(now -> server.drain(within, now));
        if (!runs) {
            drained.complete(null);
        }
        return drained.copy();
    }

    /** Whether it is going out of service, or is closed: somebody new would come in vain. */
    public boolean isDraining() {
        return draining || closing.get();
    }

    /** Ends all allocations and gives everything back. Waits for that, unless on the event loop. Idempotent. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        drained.complete(null);
        CompletableFuture<Void> closed = driver.close(now -> {
            lastStatistics = server.statistics();
            server.close(now);
        });
        if (loop.isHere()) {
            closed.thenRun(loop::end);
        } else {
            Loop.await(closed, CLOSE_MILLIS, null);
            loop.end();
        }
    }

    MachineDriver driver() {
        return driver;
    }
}
