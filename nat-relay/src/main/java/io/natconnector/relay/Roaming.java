package io.natconnector.relay;

import io.natconnector.stun.TransactionId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Of an allocation that moves with its client (RFC 8016): the tickets that are good for it, and where it is about to go. */
final class Roaming {
    private final Mobility mobility;
    private final Allocation allocation;
    private ByteBuffer ticket;
    /** Given with the last move, which is not done before the client is heard of at its new address. */
    private ByteBuffer next;
    private Listener listener;
    private Exchange resumed;

    Roaming(Mobility mobility, Allocation allocation) {
        this.mobility = mobility;
        this.allocation = allocation;
        this.ticket = mobility.issue(allocation);
    }

    byte[] ticket() {
        return (next == null ? ticket : next).array();
    }

    /** The client, which is now where that exchange came from, has shown one of the tickets. There is one such move at a time. */
    void resume(ByteBuffer shown, Listener newListener, Exchange exchange) {
        abandon();
        mobility.forget(shown.equals(ticket) ? next : ticket);
        ticket = shown;
        next = mobility.issue(allocation);
        listener = newListener;
        resumed = exchange;
        listener.add(exchange.client, allocation);
    }

    boolean isMoving() {
        return resumed != null;
    }

    /** Whether that is where it is about to go. */
    boolean isTo(Listener where, InetSocketAddress client) {
        return resumed != null && listener == where && resumed.client.equals(client);
    }

    boolean isTo(Exchange exchange) {
        return resumed != null && resumed.transport == exchange.transport && resumed.client.equals(exchange.client)
                && resumed.server.equals(exchange.server);
    }

    /** Whether it is the request that the move began with, repeated. */
    boolean isBegunBy(TransactionId id) {
        return resumed != null && resumed.id.equals(id);
    }

    Listener listener() {
        return listener;
    }

    Exchange resumed() {
        return resumed;
    }

    /** The client has been heard of at its new address: from now on that is its address. */
    void done() {
        mobility.forget(ticket);
        ticket = next;
        next = null;
        listener = null;
        resumed = null;
    }

    /** The move does not take place; its ticket stays good. */
    void abandon() {
        if (resumed != null) {
            listener.remove(resumed.client, allocation);
            mobility.leave(resumed.client);
            listener = null;
            resumed = null;
        }
    }

    void end() {
        abandon();
        mobility.forget(ticket);
        mobility.forget(next);
    }
}
