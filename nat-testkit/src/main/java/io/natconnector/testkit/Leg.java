package io.natconnector.testkit;

import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Set;

/** What hangs below a router by a link of its own: a NAT, or one of a host's interfaces. */
abstract class Leg {
    private final Node node;
    private final Link link;
    private final Set<InetAddress> addresses = new LinkedHashSet<>();
    private Router above;
    private int moves;

    Leg(Node node, String linkName, Router above) {
        this.node = node;
        this.link = new Link(node.net(), node, linkName);
        this.above = above;
    }

    /** Takes a packet that has come down the link. */
    abstract void arrive(Packet packet);

    /** The host or NAT that it belongs to. */
    final Node node() {
        return node;
    }

    final Link link() {
        return link;
    }

    /** The router above. */
    final Router above() {
        return above;
    }

    /** Counts the moves: what was sent before a move does not arrive after it. */
    final int moves() {
        return moves;
    }

    /** The addresses that are reached by this leg. */
    final Set<InetAddress> addresses() {
        return addresses;
    }

    final void add(InetAddress address) {
        above.announce(address, this);
        addresses.add(address);
    }

    final void remove(InetAddress address) {
        above.withdraw(address, this);
        addresses.remove(address);
    }

    /** Hangs it below another router, with other addresses. */
    final void move(Router router, Iterable<InetAddress> others) {
        addresses.forEach(address -> above.withdraw(address, this));
        addresses.clear();
        moves++;
        above = router;
        others.forEach(this::add);
    }

    final void sendUp(Packet packet) {
        link.outbound().carry(packet, this, true);
    }

    final void sendDown(Packet packet) {
        link.inbound().carry(packet, this, false);
    }
}
