package io.natconnector.relay;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What a relay server has counted. */
final class RelayCounters {
    long allocations;
    long expired;
    long permissions;
    long channels;
    long challenges;
    long unanswered;
    long malformed;
    long failedSockets;
    long toPeers;
    long bytesToPeers;
    long toClients;
    long bytesToClients;
    long limited;
    private final long[] drops = new long[RelayDrop.values().length];
    private final Map<Integer, Long> refusals = new TreeMap<>();

    void drop(RelayDrop reason) {
        drops[reason.ordinal()]++;
    }

    Map<RelayDrop, Long> drops() {
        Map<RelayDrop, Long> all = new EnumMap<>(RelayDrop.class);
        for (RelayDrop reason : RelayDrop.values()) {
            all.put(reason, drops[reason.ordinal()]);
        }
        return all;
    }

    /** @param code of the error that was answered */
    void refuse(int code) {
        refusals.merge(code, 1L, Long::sum);
    }

    Map<Integer, Long> refusals() {
        return new TreeMap<>(refusals);
    }
}
