package io.natconnector.session;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What an endpoint has to tell, in order. Of datagrams there are too many to make an object for each: they lie here as the session
 * and the payload, one after the other, and are handed out in one event that is used over and over.
 */
final class Events {
    private final Queue<Object> queue = new ArrayDeque<>(0);
    private final SessionEvent.Data data = new SessionEvent.Data();

    void add(SessionEvent event) {
        queue.add(event);
    }

    /** A datagram of the peer's application; takes it over. */
    void add(PeerSession session, ByteBuf payload) {
        queue.add(session);
        queue.add(payload);
    }

    /** The next event, or {@code null}; one with data is good until the next call. */
    SessionEvent poll() {
        Object next = queue.poll();
        return next instanceof PeerSession session ? data.of(session, (ByteBuf) queue.remove()) : (SessionEvent) next;
    }
}
