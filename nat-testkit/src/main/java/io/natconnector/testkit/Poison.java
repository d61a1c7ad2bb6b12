package io.natconnector.testkit;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How Linux's connection tracking is poisoned. A packet from outside that belongs to no connection is taken for the router's own:
 * if nothing drops it, an entry says that the remote talks to the router's address and port. When a host inside then sends to that
 * same remote, its usual external port would make the answers look the same as that entry's packets, so another port is taken.
 * The entry lives as long as any unanswered UDP "connection" does, and each further packet renews it.
 */
final class Poison {
    /** Linux: nf_conntrack_udp_timeout. */
    private static final long UNANSWERED = 30_000_000_000L;
    private static final int FIRST_SWEEP = 256;

    private record Entry(InetSocketAddress remote, InetSocketAddress router) { }

    /** Stands for a mapping that holds for one remote only, beside the usual one. */
    record Detour(InetSocketAddress remote) { }

    private final Map<Entry, Long> entries = new HashMap<>();
    private int sweepAt = FIRST_SWEEP;

    /** A packet that nothing let in. */
    void unsolicited(InetSocketAddress remote, InetSocketAddress router, long now) {
        if (entries.size() >= sweepAt) {
            entries.values().removeIf(end -> end <= now);
            sweepAt = Math.max(FIRST_SWEEP, 2 * entries.size());
        }
        entries.put(new Entry(remote, router), now + UNANSWERED);
    }

    /** Whether that remote already talks to the router at that address and port. */
    boolean taken(InetSocketAddress remote, InetSocketAddress router, long now) {
        return !entries.isEmpty() && entries.getOrDefault(new Entry(remote, router), 0L) > now;
    }
}
