package io.natconnector.session;

import io.natconnector.nat.NatMapping;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * What one side knows of the network that it is in, for the other side to plan with.
 *
 * @param nat what its NAT makes of its ports
 * @param stride how far from one port to the next, where they follow each other; may be negative
 * @param relays how far it is from each relay that it uses, by the relay's address, in nanoseconds there and back
 */
public record Surroundings(NatMapping nat, int stride, Map<InetAddress, Long> relays) {
    /** Nothing is known. */
    public static final Surroundings UNKNOWN = new Surroundings(NatMapping.UNKNOWN, 1, Map.of());

    public Surroundings {
        relays = Map.copyOf(relays);
    }

    /** How long a round trip from one side to the other takes over each relay that both know. */
    Map<InetAddress, Long> relaySums(Surroundings other) {
        Map<InetAddress, Long> sums = new HashMap<>();
        relays.forEach((relay, ours) -> {
            Long theirs = other.relays.get(relay);
            if (theirs != null) {
                sums.put(relay, ours + theirs);
            }
        });
        return sums;
    }
}
