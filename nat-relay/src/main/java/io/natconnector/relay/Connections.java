package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The TCP connections between peers and TCP allocations (RFC 6062): made, accepted, bound to connections of the clients, ended. */
final class Connections {
    /** RFC 6062, section 5.4: so long a peer waits for the client's connection. */
    static final long BIND_TIME = SECONDS.toNanos(30);

    private final RelayHub hub;
    private final Map<Integer, PeerConnection> byId = new HashMap<>();
    private final Map<SocketRequest, PeerConnection> connecting = new HashMap<>();
    private final Map<FiveTuple, PeerConnection> bySide = new HashMap<>();

    Connections(RelayHub hub) {
        this.hub = hub;
    }

    /** Connects to a peer, which the client is then told by an answer to its Connect. */
    void connect(Allocation allocation, InetSocketAddress peer, InetSocketAddress target, Exchange exchange) {
        PeerConnection connection = add(allocation, peer, exchange);
        SocketRequest request = SocketRequest.connectRaw(allocation.relayFor(peer.getAddress()).local(), target);
        connecting.put(request, connection);
        hub.request(request);
    }

    private PeerConnection add(Allocation allocation, InetSocketAddress peer, Exchange exchange) {
        int id = hub.random.nextInt();
        while (byId.containsKey(id)) {
            id = hub.random.nextInt();
        }
        PeerConnection connection = new PeerConnection(hub, this, id, allocation, peer, exchange);
        byId.put(id, connection);
        allocation.connections().put(peer, connection);
        return connection;
    }

    void opened(SocketRequest request, FiveTuple outer, long now) {
        PeerConnection connection = connecting.remove(request);
        if (connection == null || byId.get(connection.id) != connection) {
            hub.request(SocketRequest.close(outer));          // nobody waits for it any more
            return;
        }
        Exchange exchange = connection.asked();
        await(connection, outer, now);
        hub.transmit(exchange.end(exchange.success().put(StunAttribute.CONNECTION_ID, connection.id)));
    }

    void failed(SocketRequest request) {
        PeerConnection connection = connecting.remove(request);
        if (connection != null && byId.get(connection.id) == connection) {
            Exchange exchange = connection.asked();
            hub.counters.refuse(ErrorCode.CONNECTION_TIMEOUT_OR_FAILURE);
            hub.transmit(exchange.end(exchange.error(ErrorCode.CONNECTION_TIMEOUT_OR_FAILURE)));
            end(connection);
        }
    }

    /** RFC 6062, section 5.3: a peer has come, which the client must have permitted. */
    void accepted(Allocation allocation, FiveTuple outer, long now) {
        InetSocketAddress peer = hub.advertised(outer.remote());
        if (allocation.peers.permission(peer.getAddress(), now) == null || hub.reach(peer.getAddress()) == Reach.FORBIDDEN) {
            hub.counters.drop(RelayDrop.NO_PERMISSION);
            hub.request(SocketRequest.close(outer));
            return;
        }
        if (!allocation.hasRoomForConnection() || allocation.connections().containsKey(peer)) {
            hub.counters.limited++;
            hub.request(SocketRequest.close(outer));
            return;
        }
        PeerConnection connection = add(allocation, peer, null);
        await(connection, outer, now);
        hub.transmit(allocation.toClient(StunWriter.write(StunMethod.CONNECTION_ATTEMPT, StunClass.INDICATION,
                TransactionId.random(hub.random)).put(StunAttribute.CONNECTION_ID, connection.id)
                .put(StunAttribute.XOR_PEER_ADDRESS, peer).end()));
    }

    private void await(PeerConnection connection, FiveTuple outer, long now) {
        connection.connected(outer);
        bySide.put(outer, connection);
        hub.deadlines.set(connection, now + BIND_TIME);
    }

    /** The connection of that number that waits for its client, or {@code null}. */
    PeerConnection waiting(Integer id) {
        PeerConnection connection = id == null ? null : byId.get(id);
        return connection != null && connection.isWaiting() ? connection : null;
    }

    void bind(PeerConnection connection, FiveTuple inner) {
        bySide.put(inner, connection);
        connection.bind(inner);
    }

    /** Whether that is one side of one of these. */
    boolean carries(FiveTuple side) {
        return bySide.containsKey(side);
    }

    /** Whether those bytes are of one of these connections; takes them if so. */
    boolean receive(Datagram datagram, long now) {
        if (bySide.isEmpty()) {
            return false;
        }
        FiveTuple from = FiveTuple.of(datagram);
        PeerConnection connection = bySide.get(from);
        if (connection == null || connection.inner() == null) {
            return false;
        }
        connection.receive(from, datagram.payload(), now);
        return true;
    }

    void writable(FiveTuple side, boolean writable) {
        PeerConnection connection = bySide.get(side);
        if (connection != null) {
            connection.writable(side, writable);
        }
    }

    /** Whether that was one of these; the other side ends with it. */
    boolean closed(FiveTuple side) {
        PeerConnection connection = bySide.remove(side);
        if (connection == null) {
            return false;
        }
        end(connection);
        return true;
    }

    void end(PeerConnection connection) {
        byId.remove(connection.id, connection);
        connection.allocation.connections().remove(connection.peer, connection);
        hub.deadlines.remove(connection);
        close(connection.outer(), connection);
        close(connection.inner(), connection);
    }

    private void close(FiveTuple side, PeerConnection connection) {
        if (side != null && bySide.remove(side, connection)) {
            hub.request(SocketRequest.close(side));
        }
    }

    void endAll(Allocation allocation) {
        List.copyOf(allocation.connections().values()).forEach(this::end);
    }

    int size() {
        return byId.size() + bySide.size() + connecting.size();
    }
}
