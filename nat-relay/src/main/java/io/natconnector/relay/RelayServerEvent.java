package io.natconnector.relay;

import java.net.InetSocketAddress;
import java.util.List;

/** What became of an allocation, for who runs the server. Nothing needs to be done about it. */
public sealed interface RelayServerEvent {
    AllocationKey key();

    /** Whose it is, as he calls himself: any characters. */
    String username();

    /**
     * It stands.
     *
     * @param relayed the addresses that peers send to, as the client is told
     * @param lifetimeSeconds until it ends, unless it is refreshed
     */
    record Created(AllocationKey key, String username, List<InetSocketAddress> relayed, long lifetimeSeconds)
            implements RelayServerEvent { }

    /** It lasts longer. */
    record Refreshed(AllocationKey key, String username, long lifetimeSeconds) implements RelayServerEvent { }

    /**
     * It is over, and with it all its permissions, channels and sockets.
     *
     * @param lastedNanos since it was made
     * @param peers addresses that it had permissions for at its end, those that had expired unnoticed included
     */
    record Ended(AllocationKey key, String username, List<InetSocketAddress> relayed, Cause cause, long lastedNanos,
            RelayTraffic traffic, int peers) implements RelayServerEvent { }

    /** Why an allocation is over. */
    enum Cause {
        /** The client gave it back. */
        DELETED,
        /** Nobody refreshed it. */
        EXPIRED,
        /** The client's stream is closed. */
        DISCONNECTED,
        /** The server is closed. */
        CLOSED
    }
}
