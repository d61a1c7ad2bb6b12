package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import java.net.InetSocketAddress;

/** Connect and ConnectionBind (RFC 6062, section 5), of users who have proven who they are. */
final class ConnectHandler {
    private final RelayHub hub;

    ConnectHandler(RelayHub hub) {
        this.hub = hub;
    }

    /** Answers an error code; 0 when the peer is being connected to, and the answer follows. */
    int connect(StunMessage message, Exchange exchange, Allocation allocation) {
        InetSocketAddress peer = message.get(StunAttribute.XOR_PEER_ADDRESS);
        if (peer == null || peer.getPort() == 0 || !allocation.isTcp()) {
            return ErrorCode.BAD_REQUEST;
        }
        if (!allocation.canReach(peer.getAddress())) {
            return ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH;
        }
        Reach reach = hub.reach(peer.getAddress());
        InetSocketAddress target = reach == Reach.INTERNAL ? hub.listeningRelay(peer) : peer;
        if (reach == Reach.FORBIDDEN || target == null || hub.isListening(peer)) {
            return ErrorCode.FORBIDDEN;
        }
        if (allocation.connections().containsKey(peer)) {
            return ErrorCode.CONNECTION_ALREADY_EXISTS;
        }
        if (!allocation.hasRoomForConnection()) {
            return ErrorCode.INSUFFICIENT_CAPACITY;
        }
        hub.connections.connect(allocation, peer, target, exchange);
        return 0;
    }

    /**
     * The client's connection that carries the bytes of a peer's. The number alone is worth nothing: who asks must be whose
     * allocation it is.
     *
     * @param own the allocation of the connection that this came by: there must be none
     * @return an error code, or 0 when it is answered
     */
    int bind(StunMessage message, Exchange exchange, Allocation own) {
        PeerConnection connection = hub.connections.waiting(message.get(StunAttribute.CONNECTION_ID));
        if (connection == null || own != null
                || !connection.allocation.owner.username().equals(exchange.user().username())) {
            return ErrorCode.BAD_REQUEST;
        }
        hub.transmit(exchange.end(exchange.success()));
        hub.connections.bind(connection, new FiveTuple(exchange.transport, exchange.server, exchange.client));
        return 0;
    }
}
