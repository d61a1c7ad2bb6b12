package io.natconnector.testkit;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The public internet: routes between public addresses, without a delay but for those between places far from each other. */
final class Core extends Router {
    private final Map<Set<InetAddress>, Long> distances = new HashMap<>();

    Core(VirtualInternet net) {
        super(net, "internet");
    }

    /** How long packets between two addresses take here, either way. */
    void distance(InetAddress one, InetAddress other, long oneWay) {
        distances.put(Set.of(one, other), oneWay);
    }

    /** Private addresses are not routed here, and so may be used many times. */
    @Override
    void announce(InetAddress address, Leg leg) {
        if (Addresses.isPublic(address)) {
            super.announce(address, leg);
        }
    }

    @Override
    void ascend(Packet packet) {
        long distance = distance(packet);
        if (distance == 0) {
            descend(packet);
        } else {
            net().timeline().plan(new Crossing(packet), net().now() + distance);
        }
    }

    private long distance(Packet packet) {
        InetAddress from = packet.from().getAddress();
        InetAddress to = packet.to().getAddress();
        return distances.isEmpty() || from.equals(to) ? 0 : distances.getOrDefault(Set.of(from, to), 0L);
    }

    /** A packet on its way between two places. */
    private final class Crossing extends Event {
        private final Packet packet;

        Crossing(Packet packet) {
            this.packet = packet;
        }

        @Override
        void happen() {
            descend(packet);
        }

        @Override
        void forget() {
            packet.forget();
        }
    }
}
