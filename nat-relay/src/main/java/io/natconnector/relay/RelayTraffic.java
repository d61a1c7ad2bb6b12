package io.natconnector.relay;

/**
 * What one allocation has relayed.
 *
 * @param toPeers payloads to peers
 * @param bytesToPeers bytes of them
 * @param toClient payloads to the client
 * @param bytesToClient bytes of them
 */
public record RelayTraffic(long toPeers, long bytesToPeers, long toClient, long bytesToClient) { }
