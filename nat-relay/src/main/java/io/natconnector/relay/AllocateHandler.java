package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.Transport;
import java.net.InetSocketAddress;

/** Allocate and Refresh (RFC 8656, sections 7 and 8), of users who have proven who they are. */
final class AllocateHandler {
    private final RelayHub hub;
    private final Reservations reservations;

    AllocateHandler(RelayHub hub) {
        this.hub = hub;
        this.reservations = new Reservations(hub);
    }

    int reservations() {
        return reservations.size();
    }

    /** RFC 8656, section 7.2. Answers an error code, or 0 when the request is answered, now or once a socket is open. */
    int handle(StunMessage message, Exchange exchange, Listener listener, Allocation existing, long now) {
        if (existing != null) {
            return again(exchange, existing);
        }
        int wrong = AllocateRequest.check(message, exchange.transport, hub.config.features());
        if (wrong != 0) {
            return wrong;
        }
        if (hub.drain() != null) {
            return hub.noRoomFor(exchange.client);
        }
        AllocateRequest request = AllocateRequest.of(message);
        if (hub.pool(request.family()) == null) {
            return ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED;
        }
        String username = exchange.user().username();
        Reservation reservation = request.token() == null ? null : reservations.find(request.token(), username);
        if (request.token() != null && reservation == null) {
            return ErrorCode.INSUFFICIENT_CAPACITY;
        }
        int full = hub.quotas.acquire(username, exchange.client.getAddress());
        if (full != 0) {
            return full == ErrorCode.INSUFFICIENT_CAPACITY ? hub.noRoomFor(exchange.client) : full;
        }
        Allocation allocation = new Allocation(hub, listener, exchange, now);
        listener.add(exchange.client, allocation);
        if (request.transport() == Transport.TCP) {
            allocation.relaysConnections();
        }
        if (request.mobile()) {
            allocation.roams(hub.mobility);
        }
        grant(allocation, request.lifetime(), now);
        Opening opening = new Opening(hub, reservations, allocation, exchange, request);
        allocation.opening(opening);
        if (reservation != null) {
            opening.finishWith(reservation.redeem(), now);
        } else {
            opening.start(now);
        }
        return 0;
    }

    /** The client did not hear our answer, or wants a second allocation on one 5-tuple. */
    private int again(Exchange exchange, Allocation existing) {
        if (!existing.id.equals(exchange.id) || !existing.owner.username().equals(exchange.user().username())) {
            return ErrorCode.ALLOCATION_MISMATCH;
        }
        if (existing.isOpen()) {
            hub.transmit(existing.answer(exchange));
        }
        return 0;
    }

    /** RFC 8656, section 8.2: an error code, or 0 when it is answered. */
    int refresh(StunMessage message, Exchange exchange, Allocation allocation, long now) {
        Integer number = message.get(StunAttribute.REQUESTED_ADDRESS_FAMILY);
        AddressFamily family = number == null ? null : AddressFamily.of(number);
        if (number != null && (family == null || !allocation.has(family))) {
            return ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH;
        }
        Integer wanted = message.get(StunAttribute.LIFETIME);
        long granted = 0;
        if (wanted == null || wanted != 0) {
            granted = grant(allocation, wanted, now);
            allocation.refreshed();
        } else if (family != null && allocation.addresses() > 1) {
            allocation.drop(family);
        } else {
            allocation.end(RelayServerEvent.Cause.DELETED, now);
        }
        hub.transmit(exchange.end(refreshed(exchange, allocation, granted)));
        return 0;
    }

    private StunWriter refreshed(Exchange exchange, Allocation allocation, long granted) {
        StunWriter success = exchange.success().put(StunAttribute.LIFETIME, (int) granted);
        if (allocation.roaming() != null && allocation.roaming().isTo(exchange)) {
            success.putBytes(StunAttribute.MOBILITY_TICKET, allocation.roaming().ticket());
        }
        if (hub.drain() != null) {
            allocation.toldItsEnd();
            InetSocketAddress alternate = hub.alternate(exchange.client);
            return alternate == null ? success : success.put(StunAttribute.ALTERNATE_SERVER, alternate);
        }
        return success;
    }

    /** RFC 8656, section 7.2: no less than the usual, no more than the longest. The attribute is an unsigned number. */
    private long grant(Allocation allocation, Integer wanted, long now) {
        long least = hub.config.lifetimeSeconds();
        long seconds = wanted == null ? least
                : Math.max(least, Math.min(Integer.toUnsignedLong(wanted), hub.config.maxLifetimeSeconds()));
        if (hub.drain() != null) {
            // Nobody lasts longer than the server, and the client is told the truth
            seconds = Math.max(1, Math.min(seconds, (hub.drain().endsAt() - now) / SECONDS.toNanos(1)));
        }
        allocation.grant(seconds);
        hub.deadlines.set(allocation, now + SECONDS.toNanos(seconds));
        return seconds;
    }
}
