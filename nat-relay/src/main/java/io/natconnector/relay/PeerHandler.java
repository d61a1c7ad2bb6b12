package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** CreatePermission and ChannelBind (RFC 8656, sections 10 and 12), of users who have proven whose allocation it is. */
final class PeerHandler {
    private final RelayHub hub;

    PeerHandler(RelayHub hub) {
        this.hub = hub;
    }

    /** All peers or none. Answers an error code, or 0 when it is answered. */
    int permit(StunMessage message, Exchange exchange, Allocation allocation, long now) {
        List<InetSocketAddress> wanted = message.all(StunAttribute.XOR_PEER_ADDRESS);
        if (wanted.isEmpty()) {
            return ErrorCode.BAD_REQUEST;
        }
        Map<InetAddress, Reach> peers = new LinkedHashMap<>();
        int more = 0;
        for (InetSocketAddress peer : wanted) {
            Reach reach = hub.reach(peer.getAddress());
            int wrong = check(peer, reach, allocation);
            if (wrong != 0) {
                return wrong;
            }
            if (peers.put(peer.getAddress(), reach) == null && !allocation.peers.knows(peer.getAddress())) {
                more++;
            }
        }
        if (!allocation.peers.hasRoom(more, now)) {
            return ErrorCode.INSUFFICIENT_CAPACITY;
        }
        hub.counters.permissions += more;
        peers.forEach((peer, reach) -> allocation.peers.permit(peer, reach, now));
        hub.transmit(exchange.end(exchange.success()));
        return 0;
    }

    /** Answers an error code, or 0 when it is answered. */
    int bind(StunMessage message, Exchange exchange, Allocation allocation, long now) {
        Integer number = message.get(StunAttribute.CHANNEL_NUMBER);
        InetSocketAddress peer = message.get(StunAttribute.XOR_PEER_ADDRESS);
        if (number == null || peer == null || allocation.isTcp() || peer.getPort() == 0
                || number < ChannelData.FIRST_CHANNEL || number > hub.config.lastChannel()) {
            return ErrorCode.BAD_REQUEST;
        }
        Reach reach = hub.reach(peer.getAddress());
        int wrong = check(peer, reach, allocation);
        if (wrong != 0) {
            return wrong;
        }
        if (hub.isListening(peer)) {
            return ErrorCode.FORBIDDEN;
        }
        if (allocation.peers.conflicts(number, peer, now)) {
            return ErrorCode.BAD_REQUEST;
        }
        if (!allocation.peers.isBound(peer, now) && !allocation.peers.hasRoomForChannel(now)
                || !allocation.peers.knows(peer.getAddress()) && !allocation.peers.hasRoom(1, now)) {
            return ErrorCode.INSUFFICIENT_CAPACITY;
        }
        hub.counters.permissions += allocation.peers.knows(peer.getAddress()) ? 0 : 1;
        hub.counters.channels += allocation.peers.isBound(peer, now) ? 0 : 1;
        Permission permission = allocation.peers.permit(peer.getAddress(), reach, now);
        allocation.peers.bind(number, peer, permission, now);
        hub.transmit(exchange.end(exchange.success()));
        return 0;
    }

    private static int check(InetSocketAddress peer, Reach reach, Allocation allocation) {
        if (!allocation.canReach(peer.getAddress())) {
            return ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH;
        }
        return reach == Reach.FORBIDDEN ? ErrorCode.FORBIDDEN : 0;
    }
}
