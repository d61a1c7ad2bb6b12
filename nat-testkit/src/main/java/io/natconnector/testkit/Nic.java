package io.natconnector.testkit;

import java.net.InetAddress;
import java.util.List;

/** One of a host's network interfaces: its addresses and its link. A host may have several, as a telephone has Wi-Fi and LTE. */
public final class Nic {
    /** One way between two hosts of a LAN. */
    private static final long LAN_DELAY = 100_000;

    private final Host host;
    private final Leg leg;

    Nic(Host host, String name, Router above, List<InetAddress> addresses) {
        this.host = host;
        this.leg = new Leg(host, name, above) {
            @Override
            void arrive(Packet packet) {
                host.arrived(packet, Nic.this);
            }
        };
        addresses.forEach(leg::add);
    }

    public Host host() {
        return host;
    }

    /** The link to its router; not used between hosts of the same LAN, but cutting it cuts them off, too. */
    public Link uplink() {
        return leg.link();
    }

    /** The link by which it reaches the public internet: its own, or that of the outermost NAT above it. */
    public Link access() {
        return leg.above() instanceof Nat nat ? nat.access() : uplink();
    }

    /** The addresses, in the order in which they were given. */
    public List<InetAddress> addresses() {
        return List.copyOf(leg.addresses());
    }

    /** The NAT whose network it is in, or {@code null} on the public internet. */
    public Nat nat() {
        return leg.above() instanceof Nat nat ? nat : null;
    }

    void add(InetAddress address) {
        leg.add(address);
    }

    void remove(InetAddress address) {
        leg.remove(address);
    }

    void move(Router router, List<InetAddress> addresses) {
        leg.move(router, addresses);
    }

    boolean has(InetAddress address) {
        return leg.addresses().contains(address);
    }

    void send(Packet packet) {
        InetAddress to = packet.to().getAddress();
        Leg neighbour = leg.above() instanceof Nat nat ? nat.route(to) : null;
        if (host.has(to)) {
            packet.travel(host.nicOf(to).leg, false, host.net().now());
        } else if (neighbour == null || !(neighbour.node() instanceof Host)) {
            leg.sendUp(packet);
        } else if (leg.link().isCut() || neighbour.link().isCut()) {
            packet.end(Fate.LINK_DOWN, host);
        } else {
            packet.travel(neighbour, false, host.net().now() + LAN_DELAY);
        }
    }
}
