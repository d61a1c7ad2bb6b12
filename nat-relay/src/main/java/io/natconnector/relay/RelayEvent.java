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

    /**
     * The relay is going out of service, and the allocation with it: move before that.
     *
     * @param remainingNanos how long it still lasts
     * @param alternate the relay to use instead, or {@code null} when this one names none
     */
    record Ending(long remainingNanos, InetSocketAddress alternate) implements RelayEvent { }

    /** The allocation goes on from another local address of ours, see {@link RelayClient#move}. */
    record Moved(InetSocketAddress local) implements RelayEvent { }

    /**
     * What was sent to the peer did not arrive, as a router or the peer itself told the relay (RFC 8656, section 11.5). It
     * is not proven, and a relay need not tell.
     *
     * @param type of the ICMP message, by the numbers of the peer's address family
     * @param code of the ICMP message
     * @param data where a datagram was too large, the size that fits
     */
    record Unreachable(InetSocketAddress peer, int type, int code, long data) implements RelayEvent { }

    /** The relay won't let us talk to this peer; the allocation itself stands. */
    record PeerRefused(InetAddress peer, RelayFailure reason, String advice) implements RelayEvent { }
}
