package io.natconnector;

import io.natconnector.session.Outlet;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a machine sockets, time and a thread: the only place where protocols meet the world.
 *
 * <p>All that changes the machine comes through {@link #run}, on one event loop, and is followed by one drain: sockets to open,
 * datagrams to send, the owner's hook, which polls the machine's events and is the only place from which user code is called, and
 * at the end sockets to close and the one timer. User code may come back with another change from within; it joins the drain that
 * is under way.
 *
 * <p>Time is nanoseconds since the driver was made.
 */
final class MachineDriver {
    private static final Logger LOG = LoggerFactory.getLogger(MachineDriver.class);
    /** A machine that stays due although its time was handled must not take the loop for itself. */
    private static final long STUCK_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    /** Datagrams taken in from several sockets before the machine is drained. */
    private static final int BURST = 128;

    private final SocketMachine machine;
    private final EventLoop loop;
    private final UdpTransport transport;
    private final ReceiveBuffers receiveBuffers;
    private final LongConsumer afterDrain;
    private final long origin = System.nanoTime();
    private final DriverCounters counters = new DriverCounters();
    private final UdpSockets sockets = new UdpSockets(counters);
    private final Queue<SocketRequest> closing = new ArrayDeque<>();
    private final Connections connections;
    private final CompletableFuture<Void> closeFuture = new CompletableFuture<>();
    private ScheduledFuture<?> timer;
    private long armedFor;
    private long readAt = -1;
    private boolean pumping;
    private boolean changed;
    private boolean justFired;
    private final Runnable endOfBurst = this::endOfBurst;
    private int burst;                                        // datagrams that came in since the last drain
    private boolean burstEnds;
    private boolean closed;
    private int open;                                         // channels that exist, bound or not

    /**
     * @param transport what runs on {@code loop}
     * @param receiveBuffers those of {@code loop}
     * @param afterDrain called on the loop with the time, after each drain of datagrams: polls the machine's events
     */
    MachineDriver(SocketMachine machine, EventLoop loop, UdpTransport transport, ReceiveBuffers receiveBuffers,
            ConnectionSettings connections, LongConsumer afterDrain) {
        this.machine = machine;
        this.loop = loop;
        this.transport = transport;
        this.receiveBuffers = receiveBuffers;
        this.afterDrain = afterDrain;
        this.connections = new Connections(this, machine, transport, connections);
    }

    /**
     * Changes the machine: now if called on the event loop, else soon.
     *
     * @return false when the event loop has ended, so that nothing will happen
     */
    boolean run(LongConsumer mutation) {
        if (loop.inEventLoop()) {
            mutate(mutation);
            return true;
        }
        try {
            loop.execute(() -> mutate(mutation));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void mutate(LongConsumer mutation) {
        try {
            mutation.accept(now());
        } finally {
            pump();
        }
    }

    /** Nanoseconds on the machine's clock. */
    long now() {
        return System.nanoTime() - origin;
    }

    EventLoop loop() {
        return loop;
    }

    UdpTransport transport() {
        return transport;
    }

    DriverCounters counters() {
        return counters;
    }

    Connections connections() {
        return connections;
    }

    ConnectionSettings connectionSettings() {
        return connections.settings();
    }

    ReceiveBuffers receiveBuffers() {
        return receiveBuffers;
    }

    /** Whether all sockets take datagrams at present; when that becomes true again, the hook is called. */
    boolean isWritable() {
        return sockets.isWritable();
    }

    /**
     * Ends it: a last change to the machine, whose farewells are sent, then sockets, timer and all are given back.
     *
     * @return done when nothing is left
     */
    CompletableFuture<Void> close(LongConsumer farewell) {
        boolean runs = run(now -> {
            if (!closed) {
                farewell.accept(now);
                pump();
                closed = true;
            }
        });
        if (!runs) {
            closeFuture.complete(null);                       // an event loop closes its channels when it ends
        }
        return closeFuture;
    }

    /** Borrows the payload. {@link #readComplete} must follow, soon. */
    void received(InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
        counters.received.up();
        if (!closed) {
            burst++;
            readAt = readAt < 0 ? now() : readAt;             // one time for all that is read in one go
            machine.receive(from, to, payload, readAt);
        }
    }

    /** A message came over a connection: what the machine wants done with it holds for the very next byte. */
    void receivedMessage(Datagram message) {
        counters.received.up();
        if (!closed) {
            machine.receive(message, now());
        }
        if (!pumping) {
            pumping = true;
            try {
                askForSockets();
            } finally {
                pumping = false;
            }
        }
    }

    /**
     * A socket has had its turn. Others may have datagrams, too: one drain serves all whose turn it is, so that what goes to one
     * destination leaves together.
     */
    void readComplete() {
        if (burst >= BURST) {
            pump();
        } else if (!burstEnds) {
            burstEnds = true;
            loop.execute(endOfBurst);
        }
    }

    private void endOfBurst() {
        burstEnds = false;
        pump();
    }

    void writabilityChanged(UdpSocket socket) {
        sockets.full(socket, !socket.isWritable());
        if (socket.isWritable()) {
            pump();
        }
    }

    void failed(UdpSocket socket, Throwable cause) {
        failed(socket.bound(), cause);
    }

    void failed(InetSocketAddress where, Throwable cause) {
        counters.failed.up();
        if (cause instanceof IOException || cause.getCause() instanceof IOException) {
            LOG.debug("{} could not send or receive: {}", where, cause.toString());
        } else {
            LOG.error("A fault of ours while something was taken in at {}", where, cause);
        }
    }

    /** Where the machine may write datagrams of its sockets to; {@link #changed} must follow. */
    Outlet outlet() {
        return sockets;
    }

    /** The machine was changed past {@link #run}, on the event loop. */
    void changed() {
        pump();
    }

    /** Does all that the machine wants, until it wants nothing more. */
    private void pump() {
        burst = 0;
        readAt = -1;
        changed = true;
        if (pumping) {
            transmit();                                       // so that a writer sees the sockets fill
            return;
        }
        pumping = true;
        try {
            while (changed) {
                changed = false;
                askForSockets();
                transmit();
                drainEvents();
                flush();
            }
            arm();
            closeSockets();                                   // last, as the driver may be closed with them
        } finally {
            pumping = false;
        }
    }

    private void askForSockets() {
        for (SocketRequest request; (request = machine.pollSocket()) != null; ) {
            if (request.kind() == SocketRequest.Kind.CLOSE) {
                closing.add(request);                         // farewells may still be on their way to it
            } else if (request.transport() == Transport.UDP) {
                openSocket(request);
            } else {
                connections.handle(request);
            }
        }
    }

    private void openSocket(SocketRequest request) {
        boolean ipv6 = request.address().getAddress() instanceof Inet6Address;
        Channel channel = transport.newChannel(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
        UdpSocket socket = new UdpSocket(this, channel, request);
        channelOpened();
        loop.register(channel).addListener(registered -> {
            if (registered.isSuccess()) {
                socket.closeFuture().addListener(future -> gone(socket));
                socket.bind().addListener(binding -> opened(socket, request, binding.cause()));
            } else {
                channel.unsafe().closeForcibly();
                gone(socket);
                opened(socket, request, registered.cause());
            }
        });
    }

    private void gone(UdpSocket socket) {
        sockets.full(socket, false);
        channelGone();
    }

    void channelOpened() {
        open++;
        counters.opened.up();
    }

    void channelGone() {
        open--;
        counters.closed.up();
        settleClose();
    }

    boolean isClosed() {
        return closed;
    }

    private void opened(UdpSocket socket, SocketRequest request, Throwable failure) {
        if (failure != null || closed) {
            LOG.info("No socket at {}: {}", request.address(), failure == null ? "closed meanwhile" : failure.toString());
            socket.close();
        } else {
            sockets.add(socket);
        }
        counters.settled.up();
        run(now -> machine.socketOpened(request, failure == null && !closed ? socket.bound() : null, now));
    }

    private void transmit() {
        for (Datagram datagram; (datagram = machine.pollTransmit()) != null; ) {
            if (datagram.transport() != Transport.UDP) {
                connections.write(datagram);
            } else {
                sockets.write(datagram);
            }
        }
    }

    private void drainEvents() {
        try {
            afterDrain.accept(now());
        } catch (RuntimeException e) {
            LOG.error("A fault of ours while events were handed on", e);
        }
    }

    private void flush() {
        sockets.flush();
        connections.flush();
    }

    private void closeSockets() {
        for (SocketRequest request; (request = closing.poll()) != null; ) {
            if (request.transport() == Transport.UDP) {
                sockets.close(request.address());
            } else {
                connections.close(request);
            }
        }
        if (closed) {
            sockets.closeAll();
            connections.closeAll();
            settleClose();
        }
    }

    private void settleClose() {
        if (closed && open == 0) {
            closeFuture.complete(null);
        }
    }

    /** One timer: moved when the deadline came nearer; one that is early finds nothing due, and is set anew then. */
    private void arm() {
        long next = closed ? Machine.NEVER : machine.nextTimeout();
        if (timer != null && next != Machine.NEVER && armedFor <= next) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (next != Machine.NEVER) {
            long delay = next - now();
            armedFor = next;
            timer = loop.schedule(this::timeout, justFired && delay <= 0 ? STUCK_PAUSE : Math.max(delay, 0),
                    TimeUnit.NANOSECONDS);
            counters.timersArmed.up();
        }
    }

    private void timeout() {
        timer = null;
        justFired = true;
        try {
            run(machine::handleTimeout);
        } finally {
            justFired = false;
        }
    }

    /** Whether a timer is set. */
    boolean isArmed() {
        return timer != null;
    }
}
