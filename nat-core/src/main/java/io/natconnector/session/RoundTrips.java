package io.natconnector.session;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How far servers are, in nanoseconds. */
final class RoundTrips {
    private Map<InetAddress, Long> all = Map.of();

    void put(InetAddress server, long nanos) {
        Map<InetAddress, Long> changed = new HashMap<>(all);
        changed.put(server, nanos);
        all = Map.copyOf(changed);
    }

    void remove(InetAddress server) {
        Map<InetAddress, Long> changed = new HashMap<>(all);
        changed.remove(server);
        all = Map.copyOf(changed);
    }

    /** A copy that stays as it is. */
    Map<InetAddress, Long> all() {
        return all;
    }
}
