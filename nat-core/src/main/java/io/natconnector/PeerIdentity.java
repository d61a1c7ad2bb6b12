package io.natconnector;

import java.security.cert.X509Certificate;
import java.util.Objects;

/**
 * Who a peer has proved to be: the holder of a key. Nobody but the peer vouches for it; an application that knows its peers
 * says so by {@link ConnectorBuilder#knownPeers}.
 *
 * @param fingerprint of the certificate, as {@code sha-256 4A:AD:...}; the same after each start of a peer that keeps its key
 * @param certificate signed by the peer itself
 */
public record PeerIdentity(String fingerprint, X509Certificate certificate) {
    public PeerIdentity {
        Objects.requireNonNull(fingerprint, "fingerprint");
        Objects.requireNonNull(certificate, "certificate");
    }

    @Override
    public String toString() {
        return fingerprint;
    }
}
