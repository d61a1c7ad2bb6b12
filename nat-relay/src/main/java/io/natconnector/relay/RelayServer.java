package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A relay server (RFC 8656) that answers Binding requests (RFC 8489) on the same sockets. It asks for its listening sockets as soon
 * as it is made, and for one more with each allocation: drain {@link #pollSocket}.
 *
 * <p>What {@link RelayServerConfig} leaves alone is as strict as it can be: nothing is kept of a client that did not prove itself,
 * no address is relayed to that is not public, and everything that grows has an end.
 *
 * <p>Data is forwarded out of the buffer that it came in wherever that is possible: a client's ChannelData always, a peer's data
 * where its buffer has {@value ChannelData#HEADER_LENGTH} bytes of room in front and nobody else holds it.
 *
 * <p>Not thread-safe, as every machine: one per event loop. Several that share an address need ports of their own to relay from,
 * and a {@link PeerPolicy} that allows the address, or clients of one would not reach clients of another.
 */
public final class RelayServer implements SocketMachine {
    private final RelayHub hub;
    private final RequestHandler requests;
    private final List<Listener> listeners = new ArrayList<>();
    private boolean closed;

    /**
     * @param random for relayed ports, nonces and tokens; a {@link java.security.SecureRandom} outside tests
     * @param epochSeconds wall-clock time at {@code now}, in seconds of the Unix epoch, for credentials that run out
     */
    public RelayServer(RelayServerConfig config, RandomGenerator random, long epochSeconds, long now) {
        this.hub = new RelayHub(config, random);
        this.requests = new RequestHandler(hub, epochSeconds, now);
        for (RelayServerConfig.ListenAddress wanted : config.listenAddresses()) {
            hub.request(new SocketRequest(SocketRequest.Kind.OPEN, wanted.transport(), wanted.address()));
        }
    }

    /** The addresses that clients can talk to by now; fewer than configured while or where one could not be opened. */
    public List<InetSocketAddress> listening() {
        return hub.listening();
    }

    /** Those of one transport. */
    public List<InetSocketAddress> listening(Transport transport) {
        return listeners.stream().filter(listener -> listener.transport == transport).map(listener -> listener.address).toList();
    }

    public RelayStatistics statistics() {
        return RelayStatistics.of(hub, requests.bindings());
    }

    /**
     * Goes out of service in good order. Nobody gets a new allocation: who asks is sent to
     * {@link RelayServerConfig.Builder#alternate}, or told that there is no room. Those who have one keep it, for {@code within} at
     * most. They are told so, and where to go instead, when they refresh it, and are hinted to do that soon by Binding indications,
     * which clients that don't know them ignore. Binding requests are answered as ever. Called again it changes nothing.
     */
    public void drain(Duration within, long now) {
        if (hub.drain() == null) {
            hub.drain(new Drain(hub, listeners, now, now + within.toNanos()), now);
        }
    }

    /** Whether it is going out of service and nobody has an allocation any more. */
    public boolean isDrained() {
        return hub.drain() != null && hub.quotas.all() == 0;
    }

    /** Ends all allocations and closes all sockets. */
    public void close(long now) {
        closed = true;
        listeners.forEach(listener -> listener.close(now));
        listeners.clear();
    }

    @Override
    public boolean receive(Datagram datagram, long now) {
        if (datagram.transport().isReliable() && hub.connections.receive(datagram, now)) {
            return true;
        }
        Inlet inlet = hub.inlet(datagram.transport(), datagram.to());
        if (inlet == null) {
            return false;
        }
        inlet.receive(datagram, now);
        return true;
    }

    @Override
    public boolean receive(InetSocketAddress from, InetSocketAddress to, ByteBuf payload, long now) {
        Inlet inlet = hub.inlet(Transport.UDP, to);
        if (inlet != null) {
            inlet.receive(from, payload, now);
        }
        return inlet != null;
    }

    @Override
    public void handleTimeout(long now) {
        hub.deadlines.expire(now);
    }

    @Override
    public long nextTimeout() {
        return hub.deadlines.next();
    }

    @Override
    public Datagram pollTransmit() {
        return hub.pollTransmit();
    }

    /** What became of allocations; {@code null} when that is all. See {@link RelayServerConfig.Builder#events}. */
    public RelayServerEvent pollEvent() {
        return hub.pollEvent();
    }

    @Override
    public SocketRequest pollSocket() {
        return hub.pollSocket();
    }

    @Override
    public void socketOpened(SocketRequest request, InetSocketAddress bound, long now) {
        if (hub.opened(request, bound, now) || bound == null) {
            return;
        }
        if (closed) {
            hub.request(new SocketRequest(SocketRequest.Kind.CLOSE, request.transport(), bound));
            return;
        }
        Listener listener = new Listener(hub, requests, request.transport(), bound);
        listeners.add(listener);
        hub.listen(request.transport(), bound, listener);
    }

    /** A peer has connected to a TCP allocation's address. Of clients there is nothing to note before they ask something. */
    @Override
    public void connectionAccepted(FiveTuple connection, long now) {
        Inlet inlet = hub.inlet(connection.transport(), connection.local());
        if (inlet instanceof Listener listener) {
            hub.visitors.accepted(listener, connection, now);
        } else if (inlet instanceof RelaySocket relay) {
            if (relay.owner() == null) {
                hub.request(SocketRequest.close(connection));
            } else {
                hub.connections.accepted(relay.owner(), connection, now);
            }
        }
    }

    @Override
    public void connectionOpened(SocketRequest request, FiveTuple connection, long now) {
        hub.connections.opened(request, connection, now);
    }

    @Override
    public void connectionFailed(SocketRequest request, String reason, long now) {
        hub.connections.failed(request);
    }

    @Override
    public void connectionWritable(FiveTuple connection, boolean writable, long now) {
        hub.connections.writable(connection, writable);
    }

    /** A client's connection is closed, and its allocation ends with it (RFC 8656, section 3.1). */
    @Override
    public void connectionClosed(FiveTuple connection, long now) {
        hub.visitors.closed(connection);
        if (!hub.connections.closed(connection)
                && hub.inlet(connection.transport(), connection.local()) instanceof Listener listener) {
            Allocation allocation = listener.allocation(connection.remote());
            if (allocation != null && allocation.endsWith(listener, connection.remote())) {
                allocation.end(RelayServerEvent.Cause.DISCONNECTED, now);
            }
        }
    }

    /** Everything that grows with use, for tests: 0 when nobody uses the server. */
    int remains() {
        return hub.remains() + requests.reservations() + listeners.stream().mapToInt(Listener::allocations).sum();
    }
}
