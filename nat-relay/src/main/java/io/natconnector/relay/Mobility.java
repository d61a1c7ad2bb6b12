package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Allocations that move with their clients (RFC 8016), by the tickets that they are known by at other addresses. A ticket is random
 * and says nothing; it is good for the user whom it was given to, and for nobody else.
 */
final class Mobility {
    private static final int TICKET_LENGTH = 16;

    private final RelayHub hub;
    private final Map<ByteBuffer, Allocation> byTicket = new HashMap<>();

    Mobility(RelayHub hub) {
        this.hub = hub;
    }

    ByteBuffer issue(Allocation allocation) {
        byte[] bytes = new byte[TICKET_LENGTH];
        hub.random.nextBytes(bytes);
        ByteBuffer ticket = ByteBuffer.wrap(bytes);
        byTicket.put(ticket, allocation);
        return ticket;
    }

    void forget(ByteBuffer ticket) {
        byTicket.remove(ticket);
    }

    void leave(InetSocketAddress client) {
        hub.quotas.leave(client.getAddress());
    }

    /** Whose allocation a Refresh from elsewhere wants to take along; {@code null} when it is none that we know. */
    Allocation find(StunMessage refresh) {
        byte[] ticket = refresh.bytes(StunAttribute.MOBILITY_TICKET);
        return ticket == null ? null : byTicket.get(ByteBuffer.wrap(ticket));
    }

    /**
     * RFC 8016, section 3.2: a Refresh with a ticket, of a user who has proven who he is.
     *
     * @param here the allocation of the 5-tuple that it came by, or {@code null}
     * @return an error code; 0 when the answer is {@link AllocateHandler}'s to give
     */
    int resume(StunMessage refresh, Exchange exchange, Listener listener, Allocation here, long now) {
        Allocation allocation = find(refresh);
        if (here != null) {
            // A client that has not heard our answer asks again, in the same transaction or in another
            boolean again = here.roaming() != null && here.roaming().isTo(exchange)
                    && (here == allocation || here.roaming().isBegunBy(exchange.id));
            return again ? 0 : ErrorCode.BAD_REQUEST;
        }
        if (allocation == null || !allocation.isOpen()) {
            return ErrorCode.BAD_REQUEST;
        }
        if (!allocation.owner.username().equals(exchange.user().username())) {
            return ErrorCode.WRONG_CREDENTIALS;
        }
        if (!hub.quotas.enter(exchange.client.getAddress())) {
            return ErrorCode.ALLOCATION_QUOTA_REACHED;
        }
        allocation.roaming().resume(ByteBuffer.wrap(refresh.bytes(StunAttribute.MOBILITY_TICKET)), listener, exchange);
        return 0;
    }

    int size() {
        return byTicket.size();
    }
}
