package io.natconnector.testkit;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.Machine;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A machine that runs on a host, and its driver. Each turn is one mutation, then sockets and datagrams are drained until the
 * machine is quiet, then {@code afterDrain} runs, and what that caused is drained, too.
 */
public final class Program {
    /** So many rounds in one turn, or so many timeouts at one moment, are a machine that never comes to rest. */
    private static final int RESTLESS = 10_000;

    private final Host host;
    private final Machine machine;
    private final Runnable afterDrain;
    private final List<SocketRequest> closing = new ArrayList<>(0);
    private Consumer<Datagram> unclaimed = datagram -> { };
    private final Queue<LongConsumer> waiting = new ArrayDeque<>(0);
    private Alarm alarm;                                      // the only one that counts; others in the queue are void
    private long wokenAt = -1;
    private int wokenTimes;
    private boolean stopped;

    Program(Host host, Machine machine, Runnable afterDrain) {
        this.host = host;
        this.machine = machine;
        this.afterDrain = afterDrain;
    }

    public Host host() {
        return host;
    }

    /**
     * Opens a UDP socket for the machine.
     *
     * @param port 0 for a free one, drawn from the seed
     * @return the address that it is bound to
     * @throws IllegalStateException when the port is taken
     */
    public InetSocketAddress bind(int port) {
        return bind(new InetSocketAddress(host.address(), port));
    }

    InetSocketAddress bind(InetSocketAddress address) {
        InetSocketAddress bound = host.open(this, address);
        if (bound == null) {
            throw new IllegalStateException(host + " can't open " + Addresses.text(address));
        }
        return bound;
    }

    /**
     * Changes the machine from outside, then drains it. Within another machine's turn it waits for the end of that, while the host
     * sleeps for its waking up.
     */
    public void mutate(LongConsumer mutation) {
        if (host.isAsleep()) {
            waiting.add(mutation);
        } else {
            host.net().timeline().turn(() -> take(mutation));
        }
    }

    /** What becomes of datagrams that the machine does not take for its own; the payload is borrowed, as in {@code receive}. */
    public Program unclaimed(Consumer<Datagram> layerAbove) {
        unclaimed = layerAbove;
        return this;
    }

    /** Stops driving the machine and closes its sockets, as when a process is killed: the machine is not told. */
    public void stop() {
        stopped = true;
        alarm = null;
        host.stopped(this, machine);
    }

    /** The host has woken up: does what waited for that, and looks at the clock. */
    void woken() {
        mutate(now -> { });
        for (LongConsumer mutation; (mutation = waiting.poll()) != null; ) {
            mutate(mutation);
        }
    }

    /** Gives a packet to the machine, and ends it. */
    void deliver(Packet packet, InetSocketAddress socket) {
        packet.end(Fate.DELIVERED, host, false);
        host.net().timeline().turn(() -> {
            try {
                take(now -> receive(new Datagram(Transport.UDP, packet.from(), socket, packet.payload()), now));
            } finally {
                if (packet.payload().refCnt() == 0) {
                    throw new IllegalStateException(machine + " on " + host + " released a payload that it had only borrowed");
                }
                packet.payload().release();
            }
        });
    }

    /** Gives it what has come over a connection. */
    void receive(FiveTuple connection, byte[] message) {
        ByteBuf payload = Unpooled.wrappedBuffer(message);
        mutate(now -> receive(new Datagram(connection.transport(), connection.remote(), connection.local(), payload), now));
    }

    /** Tells it what became of a connection. */
    void tell(Consumer<SocketMachine> news) {
        mutate(now -> news.accept((SocketMachine) machine));
    }

    private void receive(Datagram datagram, long now) {
        if (!machine.receive(datagram, now)) {
            unclaimed.accept(datagram);
        }
    }

    private void take(LongConsumer mutation) {
        if (stopped) {
            return;
        }
        mutation.accept(host.net().now());
        drain();
        int rounds = 0;
        do {
            if (++rounds > RESTLESS) {
                throw new IllegalStateException(machine + " on " + host + " does not come to rest");
            }
            afterDrain.run();
        } while (drain());
        arm();
    }

    /** Does all that the machine wants done; answers whether there was anything. */
    private boolean drain() {
        boolean any = false;
        for (int round = 0; drainOnce(); round++) {
            any = true;
            if (round > RESTLESS) {
                throw new IllegalStateException(machine + " on " + host + " does not come to rest");
            }
        }
        return any;
    }

    private boolean drainOnce() {
        boolean any = false;
        if (machine instanceof SocketMachine opener) {
            for (SocketRequest request; (request = opener.pollSocket()) != null; ) {
                any = true;
                handle(opener, request);
            }
        }
        for (Datagram datagram; (datagram = machine.pollTransmit()) != null; ) {
            any = true;
            host.send(this, datagram);
        }
        closing.forEach(request -> {
            if (request.transport() == Transport.UDP) {
                host.close(this, request.address());
            } else {
                host.streams().handle(request);
            }
        });
        closing.clear();
        return any;
    }

    private void handle(SocketMachine opener, SocketRequest request) {
        if (request.kind() == SocketRequest.Kind.CLOSE) {
            closing.add(request);
        } else if (request.kind() == SocketRequest.Kind.CONNECT) {
            host.streams().connect(this, request);
        } else if (request.kind() != SocketRequest.Kind.OPEN) {
            host.streams().handle(request);
        } else if (host.openingTime() == 0) {
            open(opener, request, host.net().now());
        } else {
            Event opened = Event.of(() -> mutate(now -> open(opener, request, now)));
            host.net().timeline().plan(opened, host.net().now() + host.openingTime());
        }
    }

    private void open(SocketMachine opener, SocketRequest request, long now) {
        boolean udp = request.transport() == Transport.UDP;
        boolean here = host.has(request.address().getAddress());
        InetSocketAddress bound = udp ? host.open(this, request.address()) : here ? host.streams().listen(this, request) : null;
        opener.socketOpened(request, bound, now);
    }

    /** Plans the next wake-up, unless an earlier one is planned already, which will then see. */
    private void arm() {
        long deadline = machine.nextTimeout();
        if (deadline == Machine.NEVER || stopped || alarm != null && alarm.at() <= deadline) {
            return;
        }
        alarm = new Alarm();
        host.net().timeline().plan(alarm, deadline);
    }

    private void ring(Alarm which) {
        if (which != alarm) {
            return;
        }
        alarm = null;
        if (host.isAsleep()) {
            return;
        }
        long now = host.net().now();
        if (machine.nextTimeout() > now) {
            arm();
            return;
        }
        wokenTimes = wokenAt == now ? wokenTimes + 1 : 0;
        wokenAt = now;
        if (wokenTimes > RESTLESS) {
            throw new IllegalStateException(machine + " on " + host + " wants to be woken at " + now + " again and again");
        }
        host.net().timeline().turn(() -> take(machine::handleTimeout));
    }

    private final class Alarm extends Event {
        @Override
        void happen() {
            ring(this);
        }
    }
}
