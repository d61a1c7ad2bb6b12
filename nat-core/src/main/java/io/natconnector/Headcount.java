package io.natconnector;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many there are of something that strangers bring about, in all and of each network. */
final class Headcount {
    private final int most;
    private final int mostOfOneNetwork;
    private final Map<Long, Integer> perNetwork = new HashMap<>();
    private int total;

    Headcount(int most, int mostOfOneNetwork) {
        this.most = most;
        this.mostOfOneNetwork = mostOfOneNetwork;
    }

    int total() {
        return total;
    }

    boolean hasRoom(InetAddress source) {
        return total < most && perNetwork.getOrDefault(networkOf(source), 0) < mostOfOneNetwork;
    }

    void came(InetAddress source) {
        total++;
        perNetwork.merge(networkOf(source), 1, Integer::sum);
    }

    void went(InetAddress source) {
        total--;
        perNetwork.computeIfPresent(networkOf(source), (network, count) -> count == 1 ? null : count - 1);
    }

    /** An IPv4 address, or the first 64 bits of an IPv6 one: what one household or one server has. */
    private static long networkOf(InetAddress address) {
        byte[] bytes = address.getAddress();
        long key = bytes.length == 4 ? 0xFFFFL : 0;           // 0:0:0:ffff:: is nobody's
        for (int i = 0; i < Math.min(8, bytes.length); i++) {
            key = key << 8 | bytes[i] & 0xFF;
        }
        return key;
    }
}
