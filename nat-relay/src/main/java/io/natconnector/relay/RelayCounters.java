package io.natconnector.relay;

/** What a relay server has counted. */
final class RelayCounters {
    long allocations;
    long expired;
    long refused;
    long challenges;
    long unanswered;
    long malformed;
    long failedSockets;
    long toPeers;
    long bytesToPeers;
    long toClients;
    long bytesToClients;
    long dropped;
    long limited;
}
