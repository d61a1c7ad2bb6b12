package io.natconnector.testkit;

import java.net.InetAddress;

/** The public internet: routes between public addresses, without a delay of its own. */
final class Core extends Router {
    Core(VirtualInternet net) {
        super(net, "internet");
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
        descend(packet);
    }
}
