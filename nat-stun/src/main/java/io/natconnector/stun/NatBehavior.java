package io.natconnector.stun;

import java.net.InetSocketAddress;

/**
 * What a NAT, or a firewall, does with UDP, in the terms of RFC 4787.
 *
 * @param mapped our address as the server's first address saw it
 * @param mapping whether other destinations see us under another address
 * @param filtering from whom packets are let in
 * @param hairpin whether a packet to our own mapped address comes back to us
 */
public record NatBehavior(InetSocketAddress mapped, Mapping mapping, Filtering filtering, boolean hairpin) {
    /** RFC 4787, section 4.1. */
    public enum Mapping {
        /** Our address is not translated at all. */
        NONE,
        ENDPOINT_INDEPENDENT, ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT,
        /** The server's second address gave no answer. */
        UNKNOWN
    }

    /** RFC 4787, section 5. */
    public enum Filtering {
        ENDPOINT_INDEPENDENT, ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT,
        /** The server would not answer from elsewhere, or its second address can't be reached. */
        UNKNOWN
    }
}
