package io.natconnector;

import io.natconnector.stun.Transport;

/**
 * What a driver needs to know for connections.
 *
 * @param shown what servers here show to their clients over TLS and DTLS; {@code null} where there are none
 * @param trust whom clients here trust
 * @param proxy through which servers are reached, or {@code null}
 */
record ConnectionSettings(ServerCertificates shown, ServerTrust trust, HttpProxy proxy, ConnectionLimits limits) {
    static final ConnectionSettings USUAL = new ConnectionSettings(null, ServerTrust.SYSTEM, null, ConnectionLimits.USUAL);

    /** Whether it can be listened for connections of that kind. */
    boolean canListen(Transport transport) {
        return transport == Transport.TCP || shown != null;
    }
}
