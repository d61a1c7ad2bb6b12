package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many allocations there are: of each user, of each network, in all. */
final class Quotas {
    private final int perUser;
    private final int perNetwork;
    private final int total;
    private final Map<String, Integer> byUser = new HashMap<>();
    private final Map<Long, Integer> byNetwork = new HashMap<>();
    private int all;

    Quotas(int perUser, int perNetwork, int total) {
        this.perUser = perUser;
        this.perNetwork = perNetwork;
        this.total = total;
    }

    /** Takes one allocation's place and answers 0, or takes none and answers the error code. */
    int acquire(String user, InetAddress client) {
        long network = NetworkKey.of(client);
        if (all >= total) {
            return ErrorCode.INSUFFICIENT_CAPACITY;
        }
        if (byUser.getOrDefault(user, 0) >= perUser || byNetwork.getOrDefault(network, 0) >= perNetwork) {
            return ErrorCode.ALLOCATION_QUOTA_REACHED;
        }
        all++;
        byUser.merge(user, 1, Integer::sum);
        byNetwork.merge(network, 1, Integer::sum);
        return 0;
    }

    /** Takes a place in another network for an allocation that is counted already; false when that is full. */
    boolean enter(InetAddress client) {
        long network = NetworkKey.of(client);
        if (byNetwork.getOrDefault(network, 0) >= perNetwork) {
            return false;
        }
        byNetwork.merge(network, 1, Integer::sum);
        return true;
    }

    void release(String user, InetAddress client) {
        all--;
        byUser.computeIfPresent(user, (key, count) -> count == 1 ? null : count - 1);
        leave(client);
    }

    /** Gives the place in a network back. */
    void leave(InetAddress client) {
        byNetwork.computeIfPresent(NetworkKey.of(client), (key, count) -> count == 1 ? null : count - 1);
    }

    int all() {
        return all;
    }

    /** How many counters there are: none when there are no allocations. */
    int size() {
        return byUser.size() + byNetwork.size();
    }
}
