package io.natconnector.relay;

import io.natconnector.stun.Authenticator.Accepted;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the server holds for one client's 5-tuple: relay sockets, permissions, channels. Data passes through here. */
final class Allocation extends Deadlines.Entry {
    private Listener listener;
    private Transport transport;
    private InetSocketAddress client;
    private InetSocketAddress server;
    final Accepted owner;
    /** Of the Allocate that made it, by which its repetition is known. */
    final TransactionId id;
    final PeerTable peers;
    private final RelayHub hub;
    private final TokenBucket rate;
    private final Map<AddressFamily, RelaySocket> sockets = new EnumMap<>(AddressFamily.class);
    private long lifetimeSeconds;
    private long begunAt;
    private long toPeers;
    private long bytesToPeers;
    private long toClient;
    private long bytesToClient;
    private int additionalError;
    private Reservation reservation;
    private Roaming roaming;
    private boolean knowsItsEnd;
    /** Of a TCP allocation, by peer; {@code null} for one of UDP. */
    private Map<InetSocketAddress, PeerConnection> connections;
    private Opening opening;

    Allocation(RelayHub hub, Listener listener, Exchange exchange, long now) {
        this.hub = hub;
        this.listener = listener;
        this.transport = exchange.transport;
        this.client = exchange.client;
        this.server = exchange.server;
        this.owner = exchange.user();
        this.id = exchange.id;
        this.peers = new PeerTable(hub.config.permissions(), hub.config.channels());
        this.rate = hub.config.bytesPerSecond() == 0 ? null : new TokenBucket(hub.config.bytesPerSecond(), now);
    }

    void opening(Opening inProgress) {
        opening = inProgress;
    }

    boolean isOpen() {
        return opening == null;
    }

    void add(RelaySocket socket) {
        sockets.put(AddressFamily.of(socket.advertised().getAddress()), socket);
        socket.own(this);
    }

    /** RFC 8656, section 7.2: the wish for a second address may fail without harm to the first. */
    void additionalFailed(int code) {
        additionalError = code;
    }

    void hold(Reservation held) {
        reservation = held;
    }

    /** The client wants to take it along when it moves. */
    void roams(Mobility mobility) {
        roaming = new Roaming(mobility, this);
    }

    /** {@code null} for one that stays where it is. */
    Roaming roaming() {
        return roaming;
    }

    /** RFC 8016, section 3.2: what comes from where the client is about to move, it has moved to. */
    void heardAt(Listener where, InetSocketAddress from) {
        if (roaming != null && roaming.isTo(where, from)) {
            moved();
        }
    }

    private void moved() {
        listener.remove(client, this);
        hub.quotas.leave(client.getAddress());
        listener = roaming.listener();
        transport = roaming.resumed().transport;
        client = roaming.resumed().client;
        server = roaming.resumed().server;
        roaming.done();
    }

    /** The client's connection is closed; false when it goes on over another one. */
    boolean endsWith(Listener where, InetSocketAddress from) {
        if (roaming == null || !roaming.isMoving()) {
            return true;
        }
        if (roaming.isTo(where, from)) {
            roaming.abandon();
        } else {
            moved();
        }
        return false;
    }

    /** RFC 6062: it relays TCP connections instead of datagrams. */
    void relaysConnections() {
        connections = new HashMap<>();
    }

    boolean isTcp() {
        return connections != null;
    }

    Map<InetSocketAddress, PeerConnection> connections() {
        return connections;
    }

    /** There may be as many as channels. */
    boolean hasRoomForConnection() {
        return connections.size() < hub.config.channels();
    }

    RelaySocket relayFor(InetAddress peer) {
        return sockets.get(AddressFamily.of(peer));
    }

    /** Counts bytes of a connection; answers how long to wait before more, in nanoseconds. */
    long carried(boolean toPeer, int bytes, long now) {
        if (toPeer) {
            hub.counters.toPeers++;
            hub.counters.bytesToPeers += bytes;
            toPeers++;
            bytesToPeers += bytes;
        } else {
            hub.counters.toClients++;
            hub.counters.bytesToClients += bytes;
            toClient++;
            bytesToClient += bytes;
        }
        return rate == null ? 0 : rate.charge(bytes, now);
    }

    /** The client has been told that the server goes out of service. */
    void toldItsEnd() {
        knowsItsEnd = true;
    }

    boolean knowsItsEnd() {
        return knowsItsEnd;
    }

    /** Whether it is there still, for those who kept it. */
    boolean stands() {
        return listener.allocation(client) == this;
    }

    boolean has(AddressFamily family) {
        return sockets.containsKey(family);
    }

    void grant(long seconds) {
        lifetimeSeconds = seconds;
    }

    void refreshed() {
        hub.tell(new RelayServerEvent.Refreshed(key(), owner.username(), lifetimeSeconds));
    }

    /** The answer to the Allocate, and to each of its repetitions. */
    Datagram answer(Exchange exchange) {
        StunWriter success = exchange.success();
        sockets.values().forEach(socket -> success.put(StunAttribute.XOR_RELAYED_ADDRESS, socket.advertised()));
        success.put(StunAttribute.LIFETIME, (int) lifetimeSeconds);
        if (reservation != null) {
            success.put(StunAttribute.RESERVATION_TOKEN, reservation.token());
        }
        success.put(StunAttribute.XOR_MAPPED_ADDRESS, client);
        if (roaming != null) {
            success.putBytes(StunAttribute.MOBILITY_TICKET, roaming.ticket());
        }
        if (additionalError != 0) {
            success.put(StunAttribute.ADDRESS_ERROR_CODE, new byte[] {
                (byte) AddressFamily.IPV6.number(), 0, (byte) (additionalError / 100), (byte) (additionalError % 100)});
        }
        return exchange.end(success);
    }

    /** ChannelData from the client: forwarded out of the buffer that it came in. */
    void fromClient(ByteBuf frame, long now) {
        Channel channel = peers.channel(ChannelData.channel(frame), now);
        if (channel == null) {
            hub.counters.drop(RelayDrop.NO_CHANNEL);
            return;
        }
        toPeer(channel.peer, channel.permission, frame, frame.readerIndex() + ChannelData.HEADER_LENGTH, ChannelData.length(frame),
                now);
    }

    /** A Send indication (RFC 8656, section 11.2): the first XOR-PEER-ADDRESS counts, and nothing is answered. */
    void send(StunMessage indication, long now) {
        InetSocketAddress peer = indication.get(StunAttribute.XOR_PEER_ADDRESS);
        ByteBuf data = indication.get(StunAttribute.DATA);
        if (peer == null || data == null || peer.getPort() == 0 || isTcp() || !indication.unknownRequired().isEmpty()) {
            hub.counters.drop(RelayDrop.UNASKED);
            return;
        }
        Permission permission = peers.permission(peer.getAddress(), now);
        if (permission == null) {
            hub.counters.drop(RelayDrop.NO_PERMISSION);
        } else {
            toPeer(peer, permission, data, data.readerIndex(), data.readableBytes(), now);
        }
    }

    private void toPeer(InetSocketAddress peer, Permission permission, ByteBuf buffer, int at, int length, long now) {
        RelaySocket socket = sockets.get(AddressFamily.of(peer.getAddress()));
        if (socket == null || permission.reach == Reach.GUARDED && hub.isListening(peer)) {
            hub.counters.drop(socket == null ? RelayDrop.NO_PERMISSION : RelayDrop.LOOP);
            return;
        }
        if (rate != null && !rate.take(length, now)) {
            hub.counters.limited++;
            return;
        }
        hub.counters.toPeers++;
        hub.counters.bytesToPeers += length;
        toPeers++;
        bytesToPeers += length;
        if (permission.reach == Reach.INTERNAL) {
            hub.deliver(socket.advertised(), peer, buffer.slice(at, length), now);
        } else {
            hub.transmit(Datagram.udp(socket.local(), peer, buffer.retainedSlice(at, length)));
        }
    }

    /** RFC 8656, section 11.3: without a permission, silence; with a channel, on that, else as a Data indication. */
    void fromPeer(InetSocketAddress peer, ByteBuf data, long now) {
        Channel channel = peers.channel(peer, now);
        if (channel == null && peers.permission(peer.getAddress(), now) == null) {
            hub.counters.drop(RelayDrop.NO_PERMISSION);
            return;
        }
        int length = data.readableBytes();
        if (rate != null && !rate.take(length, now)) {
            hub.counters.limited++;
            return;
        }
        hub.counters.toClients++;
        hub.counters.bytesToClients += length;
        toClient++;
        bytesToClient += length;
        ByteBuf frame = channel == null ? dataIndication(peer, data)
                : ChannelData.frame(channel.number, data, transport.isReliable());
        hub.transmit(toClient(frame));
    }

    Datagram toClient(ByteBuf payload) {
        return new Datagram(transport, server, client, payload);
    }

    private ByteBuf dataIndication(InetSocketAddress peer, ByteBuf data) {
        return StunWriter.write(StunMethod.DATA, StunClass.INDICATION, TransactionId.random(hub.random))
                .put(StunAttribute.XOR_PEER_ADDRESS, peer).put(StunAttribute.DATA, data).end();
    }

    /** Whether this kind of address can be reached from here at all. */
    boolean canReach(InetAddress peer) {
        return sockets.containsKey(AddressFamily.of(peer));
    }

    @Override
    void expire(long now) {
        hub.counters.expired++;
        end(RelayServerEvent.Cause.EXPIRED, now);
    }

    /** Gives up one of two relayed addresses. */
    void drop(AddressFamily family) {
        hub.close(sockets.remove(family));
    }

    int addresses() {
        return sockets.size();
    }

    /** It is open: the client is told. */
    void begun(long now) {
        opening = null;
        begunAt = now;
        hub.tell(new RelayServerEvent.Created(key(), owner.username(), relayed(), lifetimeSeconds));
    }

    private AllocationKey key() {
        return new AllocationKey(transport, client, server);
    }

    private List<InetSocketAddress> relayed() {
        return sockets.values().stream().map(RelaySocket::advertised).toList();
    }

    /** What it has come to, told; then everything at once. */
    void end(RelayServerEvent.Cause cause, long now) {
        if (isOpen()) {
            hub.tell(new RelayServerEvent.Ended(key(), owner.username(), relayed(), cause, now - begunAt,
                    new RelayTraffic(toPeers, bytesToPeers, toClient, bytesToClient), peers.permissions()));
        }
        delete();
    }

    /** Everything at once: no packet passes after this, and the quota is free. */
    void delete() {
        listener.remove(client, this);
        if (roaming != null) {
            roaming.end();
        }
        hub.deadlines.remove(this);
        hub.quotas.release(owner.username(), client.getAddress());
        if (connections != null) {
            hub.connections.endAll(this);
        }
        sockets.values().forEach(hub::close);
        sockets.clear();
        if (opening != null) {
            opening.cancel();
        }
        if (reservation != null) {
            reservation.release();
        }
    }
}
