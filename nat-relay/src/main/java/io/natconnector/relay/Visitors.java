package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketRequest;
import java.util.HashMap;
import java.util.Map;

/**
 * The connections that clients have made to us. One that carries no allocation, and no data of one (RFC 6062), is closed after a
 * while: strangers can hold as many as the driver lets in, but not for long.
 */
final class Visitors {
    /** Enough for the slowest of those who mean it: an Allocate takes two round trips, a question to a STUN server one. */
    static final long PATIENCE = SECONDS.toNanos(30);

    private final RelayHub hub;
    private final Map<FiveTuple, Visitor> visitors = new HashMap<>();

    Visitors(RelayHub hub) {
        this.hub = hub;
    }

    void accepted(Listener listener, FiveTuple connection, long now) {
        Visitor visitor = new Visitor(listener, connection);
        visitors.put(connection, visitor);
        hub.deadlines.set(visitor, now + PATIENCE);
    }

    void closed(FiveTuple connection) {
        Visitor visitor = visitors.remove(connection);
        if (visitor != null) {
            hub.deadlines.remove(visitor);
        }
    }

    private final class Visitor extends Deadlines.Entry {
        private final Listener listener;
        private final FiveTuple connection;

        Visitor(Listener listener, FiveTuple connection) {
            this.listener = listener;
            this.connection = connection;
        }

        /** Whoever is a client now is looked at again: the allocation may end before the connection. */
        @Override
        void expire(long now) {
            if (listener.allocation(connection.remote()) != null || hub.connections.carries(connection)) {
                hub.deadlines.set(this, now + PATIENCE);
            } else {
                visitors.remove(connection);
                hub.request(SocketRequest.close(connection));
            }
        }
    }
}
