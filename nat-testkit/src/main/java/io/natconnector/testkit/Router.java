package io.natconnector.testkit;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** Knows by which leg each address below it is reached. */
abstract sealed class Router extends Node permits Core, Nat {
    private final Map<InetAddress, Leg> routes = new HashMap<>();

    Router(VirtualInternet net, String name) {
        super(net, name);
    }

    /** Takes a packet that has come up from a leg. */
    abstract void ascend(Packet packet);

    /** The leg that leads to the address, or {@code null}. */
    final Leg route(InetAddress address) {
        return routes.get(address);
    }

    /** Makes the address reachable below this router. */
    void announce(InetAddress address, Leg leg) {
        Leg other = routes.putIfAbsent(address, leg);
        if (other != null && other != leg) {
            throw new IllegalArgumentException(leg.node() + " can't have " + address.getHostAddress() + " in the network of "
                    + this + ": " + other.node() + " has it");
        }
    }

    void withdraw(InetAddress address, Leg leg) {
        routes.remove(address, leg);
    }

    /** Sends a packet down to where its destination is. */
    final void descend(Packet packet) {
        Leg leg = route(packet.to().getAddress());
        if (leg == null) {
            packet.end(Fate.NO_ROUTE, this);
        } else {
            leg.sendDown(packet);
        }
    }
}
