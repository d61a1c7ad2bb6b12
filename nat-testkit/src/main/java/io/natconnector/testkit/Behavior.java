package io.natconnector.testkit;

import java.net.InetSocketAddress;

/**
 * What of a remote endpoint matters to a NAT: for mapping, which remotes share an external port (RFC 4787, section 4.1); for
 * filtering, who may send in (section 5).
 */
public enum Behavior {
    ENDPOINT_INDEPENDENT, ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT;

    private static final Object ANY = "any";

    /** Equal for two remotes between which this behaviour makes no difference. */
    Object key(InetSocketAddress remote) {
        return switch (this) {
            case ENDPOINT_INDEPENDENT -> ANY;
            case ADDRESS_DEPENDENT -> remote.getAddress();
            case ADDRESS_AND_PORT_DEPENDENT -> remote;
        };
    }
}
