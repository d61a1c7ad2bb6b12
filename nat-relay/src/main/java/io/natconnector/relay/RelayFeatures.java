package io.natconnector.relay;

/**
 * What a relay server offers beyond the plain.
 *
 * @param tcpRelay TCP connections to and from peers (RFC 6062)
 * @param mobility allocations that go along with their clients (RFC 8016)
 * @param keepsWhole datagrams that are not cut up on their way (RFC 8656, section 14)
 */
record RelayFeatures(boolean tcpRelay, boolean mobility, boolean keepsWhole) {
    static final RelayFeatures USUAL = new RelayFeatures(true, false, true);

    RelayFeatures withTcpRelay(boolean allowed) {
        return new RelayFeatures(allowed, mobility, keepsWhole);
    }

    RelayFeatures withMobility(boolean allowed) {
        return new RelayFeatures(tcpRelay, allowed, keepsWhole);
    }

    RelayFeatures withKeepsWhole(boolean does) {
        return new RelayFeatures(tcpRelay, mobility, does);
    }
}
