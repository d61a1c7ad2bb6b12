package io.natconnector.session;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;

/** The application's datagrams of a session, on their way out and in. */
final class Payloads {
    /** Data that arrives before our own first check is answered waits here: the peer may already send. */
    private static final int MAX_EARLY = 16;

    private final PeerSession session;
    private final Queue<SessionEvent> events;
    private final Queue<ByteBuf> early = new ArrayDeque<>();
    private Numbering numbering;
    private boolean open;
    private long repeated;

    Payloads(PeerSession session, Queue<SessionEvent> events) {
        this.session = session;
        this.events = events;
    }

    /** The peer understands numbers, so all datagrams carry one from now on. */
    void number() {
        if (numbering == null) {
            numbering = new Numbering();
        }
    }

    /** Whether the same datagram may go over two paths. */
    boolean mayRepeat() {
        return numbering != null;
    }

    /** Datagrams that came twice. */
    long repeated() {
        return repeated;
    }

    /** Takes the payload over; the answer belongs to the caller. */
    ByteBuf outgoing(ByteBuf payload) {
        return numbering == null ? payload : numbering.number(payload);
    }

    /** Borrows the datagram. */
    void incoming(ByteBuf datagram) {
        if (open) {
            deliver(datagram.retainedSlice());
        } else if (early.size() < MAX_EARLY) {
            early.add(datagram.retainedSlice());
        }
    }

    /** The application has been told that it is connected. */
    void open() {
        open = true;
        for (ByteBuf datagram; (datagram = early.poll()) != null; ) {
            deliver(datagram);
        }
    }

    private void deliver(ByteBuf datagram) {
        if (numbering == null || numbering.isNew(datagram)) {
            events.add(new SessionEvent.Data(session, datagram));
        } else {
            repeated++;
            datagram.release();
        }
    }

    void close() {
        early.forEach(ByteBuf::release);
        early.clear();
        open = false;
    }
}
