package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Retransmission;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;

/** The way from the client to its relay: where it begins, where it ends, what waits to go. */
final class ClientWay {
    private final Queue<Datagram> outbox = new ArrayDeque<>();
    private RelayAccess access;
    private boolean redirected;
    private InetSocketAddress local;
    /** Where we were; until the relay has heard of us at {@link #local}, data still comes there. */
    private InetSocketAddress previous;

    ClientWay(RelayAccess access, InetSocketAddress local) {
        this.access = access;
        this.local = local;
    }

    RelayAccess access() {
        return access;
    }

    InetSocketAddress local() {
        return local;
    }

    boolean isReliable() {
        return access.transport().isReliable();
    }

    /** How requests are repeated on it. */
    Retransmission schedule() {
        return isReliable() ? AllocationTimes.FAST_RELIABLE : AllocationTimes.FAST;
    }

    /** The payload is the way's now. */
    void send(ByteBuf payload) {
        outbox.add(new Datagram(access.transport(), local, access.server(), payload));
    }

    Datagram poll() {
        return outbox.poll();
    }

    /** Whether it came by this way. */
    boolean has(Datagram received) {
        return received.from().equals(access.server()) && received.transport() == access.transport()
                && (received.to().equals(local) || received.to().equals(previous));
    }

    /** The relay sends us to another one: followed once, and not to where it makes no sense. */
    boolean redirect(InetSocketAddress alternate) {
        if (redirected || !access.mayMoveTo(alternate)) {
            return false;
        }
        redirected = true;
        access = access.at(alternate);
        return true;
    }

    void leaveFrom(InetSocketAddress another) {
        previous = local;
        local = another;
    }

    boolean isMoving() {
        return previous != null;
    }

    void moved() {
        previous = null;
    }
}
