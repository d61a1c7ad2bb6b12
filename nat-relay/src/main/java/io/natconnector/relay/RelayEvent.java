package io.natconnector.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What became true of an allocation. */
public sealed interface RelayEvent {
    /**
     * The allocation stands.
     *
     * @param relayed the address that peers send to
     * @param mapped our address as the relay sees it: a server-reflexive candidate for nothing
     * @param lifetimeNanos what the relay granted; it is refreshed without further ado
     * @param roundTripNanos from the first sending of the request to its answer; where it was lost once, that is in it
     */
    record Allocated(InetSocketAddress relayed, InetSocketAddress mapped, long lifetimeNanos, long roundTripNanos)
            implements RelayEvent { }

    /** There will be no allocation. The client is done. */
    record Failed(RelayFailure reason, String advice) implements RelayEvent { }

    /** The allocation is gone. The client is done. */
    record Lost(RelayFailure reason, String advice) implements RelayEvent { }

    /** The relay won't let us talk to this peer; the allocation itself stands. */
    record PeerRefused(InetAddress peer, RelayFailure reason, String advice) implements RelayEvent { }
}
