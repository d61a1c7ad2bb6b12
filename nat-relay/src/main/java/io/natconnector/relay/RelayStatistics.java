package io.natconnector.relay;

import java.util.Collections;
import java.util.Map;

/**
 * A relay server's numbers at one moment. All but the first two count since it started.
 *
 * @param activeAllocations allocations that there are
 * @param openSockets relay sockets that are open
 * @param allocations allocations made
 * @param expired of those, ended because nobody refreshed them
 * @param permissions permissions given, renewals left out
 * @param channels channels bound, renewals left out
 * @param bindings Binding requests answered
 * @param challenges answers to requests that lacked credentials or had stale or wrong ones
 * @param refusals requests with good credentials that were answered with an error, by its code; the codes that have occurred
 * @param unanswered requests without proof that were not answered because their source had had its share
 * @param malformed datagrams that were neither STUN nor ChannelData, or not well formed
 * @param failedSockets relay sockets that could not be opened
 * @param toPeers payloads relayed to peers
 * @param bytesToPeers bytes of them
 * @param toClients payloads relayed to clients
 * @param bytesToClients bytes of them
 * @param drops what was dropped, by the reason; every reason is there
 * @param limited payloads dropped because an allocation exceeded its rate
 */
public record RelayStatistics(int activeAllocations, int openSockets, long allocations, long expired, long permissions,
        long channels, long bindings, long challenges, Map<Integer, Long> refusals, long unanswered, long malformed,
        long failedSockets, long toPeers, long bytesToPeers, long toClients, long bytesToClients, Map<RelayDrop, Long> drops,
        long limited) {
    public RelayStatistics {
        refusals = Collections.unmodifiableMap(refusals);
        drops = Collections.unmodifiableMap(drops);
    }

    static RelayStatistics of(RelayHub hub, long bindings) {
        RelayCounters counted = hub.counters;
        return new RelayStatistics(hub.quotas.all(), hub.sockets(), counted.allocations, counted.expired, counted.permissions,
                counted.channels, bindings, counted.challenges, counted.refusals(), counted.unanswered, counted.malformed,
                counted.failedSockets, counted.toPeers, counted.bytesToPeers, counted.toClients, counted.bytesToClients,
                counted.drops(), counted.limited);
    }

    /** All that was dropped, whatever the reason. */
    public long dropped() {
        return sum(drops);
    }

    /** All refusals, whatever their code. */
    public long refused() {
        return sum(refusals);
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
