package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.random.RandomGenerator;

/** What all parts of a relay server share: its sockets, its deadlines, its quotas, what it wants sent. */
final class RelayHub {
    final RelayServerConfig config;
    final RandomGenerator random;
    final Deadlines deadlines = new Deadlines();
    final Quotas quotas;
    final RelayCounters counters = new RelayCounters();
    final Mobility mobility = new Mobility(this);
    final Connections connections = new Connections(this);
    final Visitors visitors = new Visitors(this);
    private Drain drain;
    private final Map<AddressFamily, PortPool> pools = new EnumMap<>(AddressFamily.class);
    private final Map<Transport, Map<InetSocketAddress, Inlet>> inlets = new EnumMap<>(Transport.class);
    private final Map<InetSocketAddress, Inlet> udp = new HashMap<>();
    private final Map<InetSocketAddress, RelaySocket> byAdvertised = new HashMap<>();
    private final Map<InetSocketAddress, RelaySocket> opening = new HashMap<>();
    private final List<InetSocketAddress> listening = new ArrayList<>();
    private final Queue<Datagram> outbox = new ArrayDeque<>();
    private final Queue<SocketRequest> requests = new ArrayDeque<>();
    private final Queue<RelayServerEvent> events = new ArrayDeque<>();

    RelayHub(RelayServerConfig config, RandomGenerator random) {
        this.config = config;
        this.random = random;
        this.quotas = new Quotas(config.allocationsPerUser(), config.allocationsPerNetwork(), config.allocations());
        for (Transport transport : Transport.values()) {
            inlets.put(transport, transport == Transport.UDP ? udp : new HashMap<>());
        }
        for (RelayServerConfig.RelayAddress address : config.relayAddresses()) {
            pools.putIfAbsent(AddressFamily.of(address.local()),
                    new PortPool(address, config.minPort(), config.maxPort(), random));
        }
    }

    /** Where relayed addresses of that family come from, or {@code null} when there are none. */
    PortPool pool(AddressFamily family) {
        return pools.get(family);
    }

    /** From now on the server goes out of service. */
    void drain(Drain how, long now) {
        drain = how;
        deadlines.set(how, now);
    }

    /** When the server goes out of service, or {@code null}. */
    Drain drain() {
        return drain;
    }

    /** Where that client may go instead, or {@code null}: a server of its own family (RFC 8489, section 10). */
    InetSocketAddress alternate(InetSocketAddress client) {
        for (InetSocketAddress alternate : config.alternates()) {
            if (alternate.getAddress().getClass() == client.getAddress().getClass()) {
                return alternate;
            }
        }
        return null;
    }

    /** What is answered to a client for whom there is no room. */
    int noRoomFor(InetSocketAddress client) {
        return alternate(client) == null ? ErrorCode.INSUFFICIENT_CAPACITY : ErrorCode.TRY_ALTERNATE;
    }

    void transmit(Datagram datagram) {
        outbox.add(datagram);
    }

    Datagram pollTransmit() {
        return outbox.poll();
    }

    /** Tells who runs the server, if he wants to know. */
    void tell(RelayServerEvent event) {
        if (config.events()) {
            events.add(event);
        }
    }

    RelayServerEvent pollEvent() {
        return events.poll();
    }

    void request(SocketRequest request) {
        requests.add(request);
    }

    /** A port is free again only when the driver knows that its socket is to be closed. */
    SocketRequest pollSocket() {
        SocketRequest request = requests.poll();
        if (request != null && request.kind() == SocketRequest.Kind.CLOSE && request.remote() == null) {
            for (PortPool pool : pools.values()) {
                if (pool.local.equals(request.address().getAddress())) {
                    pool.release(request.address().getPort());
                }
            }
        }
        return request;
    }

    void open(RelaySocket socket) {
        opening.put(socket.local(), socket);
        request(socket.request());
    }

    /** Answers whether the request was for a relay socket; tells it if so. */
    boolean opened(SocketRequest request, InetSocketAddress bound, long now) {
        RelaySocket socket = opening.remove(request.address());
        if (socket == null) {
            return false;
        }
        if (bound != null && !socket.isAbandoned()) {
            inlets.get(socket.transport()).put(socket.local(), socket);
            byAdvertised.put(socket.advertised(), socket);
        } else if (bound != null) {
            request(new SocketRequest(SocketRequest.Kind.CLOSE, socket.transport(), socket.local()));
        } else {
            counters.failedSockets++;
            socket.pool().release(socket.local().getPort());
        }
        socket.opened(bound != null, now);
        return true;
    }

    /** Lets go of a socket, whether it is open already or not. */
    void close(RelaySocket socket) {
        if (inlets.get(socket.transport()).remove(socket.local(), socket)) {
            byAdvertised.remove(socket.advertised());
            request(new SocketRequest(SocketRequest.Kind.CLOSE, socket.transport(), socket.local()));
        }
        socket.abandon();
    }

    /** Who takes what comes in at that address, or {@code null}. */
    Inlet inlet(Transport transport, InetSocketAddress local) {
        return transport == Transport.UDP ? udp.get(local) : inlets.get(transport).get(local);
    }

    /** Gives data to another allocation of ours without a way round over the network; what isn't one gets nothing. */
    void deliver(InetSocketAddress from, InetSocketAddress relayed, ByteBuf data, long now) {
        RelaySocket socket = byAdvertised.get(relayed);
        if (socket == null) {
            counters.drop(RelayDrop.NO_ALLOCATION);
        } else {
            socket.receive(from, data, now);
        }
    }

    void listen(Transport transport, InetSocketAddress address, Listener listener) {
        inlets.get(transport).put(address, listener);
        listening.add(address);
    }

    void unlisten(Transport transport, InetSocketAddress address) {
        inlets.get(transport).remove(address);
        listening.remove(address);
        request(new SocketRequest(SocketRequest.Kind.CLOSE, transport, address));
    }

    List<InetSocketAddress> listening() {
        return List.copyOf(listening);
    }

    /**
     * How the peer may be reached. The operator's word first. Then our own addresses: those that we relay from lead to our other
     * allocations and nowhere else; those that we listen at are closed. Then the policy for the rest of the world.
     */
    Reach reach(InetAddress peer) {
        boolean own = isOwn(peer);
        if (config.peers().permitsByName(peer)) {
            return own ? Reach.GUARDED : Reach.OPEN;
        }
        for (PortPool pool : pools.values()) {
            if (pool.advertised.equals(peer) && !peer.isLoopbackAddress()) {
                return Reach.INTERNAL;
            }
        }
        return own || !config.peers().permits(peer) ? Reach.FORBIDDEN : Reach.OPEN;
    }

    private boolean isOwn(InetAddress address) {
        for (PortPool pool : pools.values()) {
            if (pool.local.equals(address) || pool.advertised.equals(address)) {
                return true;
            }
        }
        for (InetSocketAddress own : listening) {
            if (own.getAddress().equals(address)) {
                return true;
            }
        }
        return false;
    }

    /** RFC 8656, section 21.1.5: a relay that talks to itself can be made to talk for ever. */
    boolean isListening(InetSocketAddress peer) {
        for (InetSocketAddress own : listening) {
            if (own.getPort() == peer.getPort() && isOwn(peer.getAddress())) {
                return true;
            }
        }
        return false;
    }

    boolean isRelayed(InetSocketAddress source) {
        return byAdvertised.containsKey(source) || udp.get(source) instanceof RelaySocket
                || inlets.get(Transport.TCP).get(source) instanceof RelaySocket;
    }

    /** Where our own relay of that advertised address takes connections, or {@code null} when it is none that does. */
    InetSocketAddress listeningRelay(InetSocketAddress advertised) {
        RelaySocket socket = byAdvertised.get(advertised);
        return socket == null || socket.transport() != Transport.TCP ? null : socket.local();
    }

    /** What that address is known as: that of a relay of our own may be another outside. */
    InetSocketAddress advertised(InetSocketAddress peer) {
        return inlets.get(Transport.TCP).get(peer) instanceof RelaySocket socket ? socket.advertised() : peer;
    }

    /** Open relay sockets, reservations included. */
    int sockets() {
        return byAdvertised.size();
    }

    /** Everything that grows with use: 0 when nobody uses the server. */
    int remains() {
        int ports = pools.values().stream().mapToInt(PortPool::taken).sum();
        return byAdvertised.size() + opening.size() + mobility.size() + connections.size() + deadlines.size()
                + quotas.size() + quotas.all() + ports;
    }
}
