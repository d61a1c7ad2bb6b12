package io.natconnector.relay;

/**
 * A relay server's numbers at one moment. All but the first two count since it started.
 *
 * @param activeAllocations allocations that there are
 * @param openSockets relay sockets that are open
 * @param allocations allocations made
 * @param expired of those, ended because nobody refreshed them
 * @param bindings Binding requests answered
 * @param challenges answers to requests that lacked credentials or had stale or wrong ones
 * @param refused requests with good credentials that were answered with an error
 * @param unanswered requests without proof that were not answered because their source had had its share
 * @param malformed datagrams that were neither STUN nor ChannelData, or not well formed
 * @param failedSockets relay sockets that could not be opened
 * @param toPeers payloads relayed to peers
 * @param bytesToPeers bytes of them
 * @param toClients payloads relayed to clients
 * @param bytesToClients bytes of them
 * @param dropped payloads dropped for want of an allocation, a permission or a channel
 * @param limited payloads dropped because an allocation exceeded its rate
 */
public record RelayStatistics(int activeAllocations, int openSockets, long allocations, long expired, long bindings,
        long challenges, long refused, long unanswered, long malformed, long failedSockets, long toPeers, long bytesToPeers,
        long toClients, long bytesToClients, long dropped, long limited) {
    static RelayStatistics of(RelayHub hub, long bindings) {
        RelayCounters counted = hub.counters;
        return new RelayStatistics(hub.quotas.all(), hub.sockets(), counted.allocations, counted.expired, bindings,
                counted.challenges, counted.refused, counted.unanswered, counted.malformed, counted.failedSockets,
                counted.toPeers, counted.bytesToPeers, counted.toClients, counted.bytesToClients, counted.dropped,
                counted.limited);
    }
}
