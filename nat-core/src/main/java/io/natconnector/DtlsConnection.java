package io.natconnector;

import io.natconnector.dtls.DtlsAssociation;
import io.natconnector.dtls.DtlsEvent;
import io.natconnector.dtls.VerifiedHello;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.Machine;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A DTLS association with a client. A record is a message. As nothing tells of an end that was not said, who is silent for long
 * is taken to be gone.
 */
final class DtlsConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(DtlsConnection.class);
    /** Longer than any permission or channel lasts without a word of the client (RFC 8656, sections 9 and 12): 5 and 10 min. */
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(15);

    private final Connections connections;
    private final MachineDriver driver;
    private final DtlsSocket socket;
    private final FiveTuple tuple;
    private final VerifiedHello hello;
    private final DtlsAssociation association;
    private final Consumer<DtlsConnection> owner;
    private boolean handshaking = true;
    private boolean closed;
    private long silentAfter;
    private Future<?> watch;
    private Future<?> timer;
    private long armedFor;

    /**
     * One that was admitted.
     *
     * @param association made with what is to be run when there is something to proceed with
     * @param owner told when it is no more
     */
    DtlsConnection(Connections connections, DtlsSocket socket, FiveTuple tuple, VerifiedHello hello,
            Function<Runnable, DtlsAssociation> association, Consumer<DtlsConnection> owner) {
        this.connections = connections;
        this.driver = connections.driver();
        this.socket = socket;
        this.tuple = tuple;
        this.hello = hello;
        this.association = association.apply(this::wake);
        this.owner = owner;
    }

    void start() {
        connections.coming(this);
        long now = driver.now();
        silentAfter = now + connections.settings().limits().patience().toNanos();
        watch();
        association.start(now);
        settle(now);
    }

    /** Whether this is what the client has said at the beginning. */
    boolean hasBegunWith(VerifiedHello another) {
        return hello.random() == another.random();
    }

    /** Takes in a datagram; borrows it. */
    void receive(ByteBuf datagram) {
        long now = driver.now();
        association.receive(datagram, now);
        settle(now);
    }

    /** On a thread of a handshake. */
    private void wake() {
        try {
            driver.loop().execute(() -> {
                long now = driver.now();
                association.proceed(now);
                settle(now);
                socket.flush();
                driver.readComplete();
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("The event loop has ended before {} was in", tuple.remote());
        }
    }

    private void settle(long now) {
        if (closed) {
            return;
        }
        transmit();
        DtlsEvent event = association.pollEvent();
        if (event instanceof DtlsEvent.Established) {
            settled();
            connections.accepted(this);
            event = association.pollEvent();
        }
        for (ByteBuf message; (message = association.pollData()) != null; ) {
            silentAfter = now + SILENCE_NANOS;
            try {
                driver.receivedMessage(new Datagram(Transport.DTLS, tuple.remote(), tuple.local(), message));
            } finally {
                message.release();
            }
        }
        if (event instanceof DtlsEvent.Failed failed) {
            ended(failed);
        } else {
            arm(now);
        }
    }

    private void transmit() {
        for (ByteBuf datagram; (datagram = association.pollTransmit()) != null; ) {
            socket.write(datagram, tuple.remote());
        }
    }

    private void settled() {
        if (handshaking) {
            handshaking = false;
            connections.handshakeOver(acceptedFrom());
        }
    }

    private void ended(DtlsEvent.Failed failed) {
        if (handshaking) {
            driver.counters().cut.up();
            LOG.debug("{} did not get in: {} {}", tuple.remote(), failed.reason(), failed.detail());
        }
        closeNow();
    }

    /** For the handshake alone: nothing is due afterwards. */
    private void arm(long now) {
        long next = closed ? Machine.NEVER : association.nextTimeout();
        if (timer != null && next != Machine.NEVER && armedFor <= next) {
            return;
        }
        cancel(timer);
        timer = next == Machine.NEVER ? null
                : driver.loop().schedule(this::timeout, Math.max(next - now, 0), TimeUnit.NANOSECONDS);
        armedFor = next;
    }

    private void timeout() {
        timer = null;
        long now = driver.now();
        association.handleTimeout(now);
        settle(now);
        socket.flush();
    }

    private void watch() {
        watch = driver.loop().schedule(() -> {
            if (driver.now() >= silentAfter) {
                driver.counters().cut.up();
                LOG.debug("DTLS {} is cut off: it says nothing", tuple.remote());
                closeNow();
            } else {
                watch();
            }
        }, silentAfter - driver.now(), TimeUnit.NANOSECONDS);
    }

    private static void cancel(Future<?> scheduled) {
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    @Override
    public FiveTuple tuple() {
        return tuple;
    }

    @Override
    public InetAddress acceptedFrom() {
        return tuple.remote().getAddress();
    }

    @Override
    public boolean write(ByteBuf payload) {
        if (closed || socket.isCongested()) {
            payload.release();
            driver.counters().congested.up();
            return false;
        }
        ByteBuf sealed = association.seal(payload);
        if (sealed == null) {
            driver.counters().failed.up();
            return false;
        }
        driver.counters().sent.up();
        return socket.write(sealed, tuple.remote());
    }

    @Override
    public void flush() {
        socket.flush();
    }

    /** There is no such thing over DTLS: TCP allocations need TCP or TLS (RFC 6062, section 4.1). */
    @Override
    public void raw() { }

    @Override
    public void pause() { }

    @Override
    public void resume() { }

    @Override
    public void close() {
        closeNow();
    }

    /** The client is told, once: who has not heard it gets no answers any more. */
    @Override
    public void closeNow() {
        if (closed) {
            return;
        }
        closed = true;
        cancel(timer);
        cancel(watch);
        association.close();
        transmit();
        socket.flush();
        settled();
        owner.accept(this);
        connections.gone(acceptedFrom());
        connections.closed(this);
        driver.readComplete();
    }
}
