package io.natconnector.testkit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A NAT with its network inside. It translates the families that it has an external address of; IPv6 without an external IPv6
 * address is routed through, behind a {@link #firewall} if one is set.
 *
 * <pre>{@code
 * Nat natA = net.nat("natA", "198.51.100.1").profile(NatProfile.PORT_RESTRICTED).timeout(ofSeconds(30));
 * natA.uplink().delay(ofMillis(25));
 * Host alice = net.host("alice", "10.0.1.2").behind(natA);
 * }</pre>
 */
public final class Nat extends Router {
    /** RFC 5382, REQ-5: a NAT keeps an idle TCP connection for two hours and four minutes at least. */
    private static final Duration CONNECTION_TIMEOUT = Duration.ofMinutes(124);
    /** The address of a home NAT inside its carrier's network (RFC 6598). */
    private static final InetAddress INSIDE_CARRIER = Addresses.parse("100.64.0.2");

    private static final int MAPPINGS_SHOWN = 8;

    private final Leg leg;
    private final List<InetAddress> external = new ArrayList<>(2);
    private Set<InetAddress> blocked = Set.of();
    private NatProfile profile = NatProfile.PORT_RESTRICTED;
    private Bindings bindings;
    private Bindings connections;
    private Bindings firewall;
    private int boots;

    Nat(VirtualInternet net, String name, Core core, List<InetAddress> addresses) {
        super(net, name);
        checkFamilies(addresses);
        this.leg = new Leg(this, name, core) {
            @Override
            void arrive(Packet packet) {
                arriveFromOutside(packet);
            }
        };
        external.addAll(addresses);
        external.forEach(leg::add);
        forget();
    }

    /**
     * Makes it behave so. It forgets its mappings. A profile with a carrier puts a carrier's NAT above it, which takes over the
     * public IPv4 address; its name is this one's with {@code -carrier}.
     */
    public Nat profile(NatProfile profile) {
        this.profile = profile;
        forget();
        if (profile.carrier() != null) {
            InetAddress address = external(false);
            if (address == null || address.equals(INSIDE_CARRIER)) {
                throw new IllegalStateException(this + " has no IPv4 address to hand over to a carrier");
            }
            Router above = leg.above();
            external.replaceAll(each -> each.equals(address) ? INSIDE_CARRIER : each);
            leg.remove(address);
            Nat carrier = net().nat(name() + "-carrier", address.getHostAddress());
            behind(above instanceof Nat parent ? carrier.behind(parent) : carrier);
            carrier.profile(profile.carrier());
        }
        return this;
    }

    public NatProfile profile() {
        return profile;
    }

    /** Which remotes share an external port. As all setters of behaviour it makes the NAT forget its mappings. */
    public Nat mapping(Behavior mapping) {
        return behave(profile.withMapping(mapping));
    }

    /** Which remotes may send in. */
    public Nat filtering(Behavior filtering) {
        return behave(profile.withFiltering(filtering));
    }

    public Nat ports(PortAllocation ports) {
        return behave(profile.withPorts(ports));
    }

    /** Whether hosts inside reach each other at their external addresses. */
    public Nat hairpin(boolean hairpin) {
        return behave(profile.withHairpin(hairpin));
    }

    /** How long a mapping lives unrefreshed. */
    public Nat timeout(Duration timeout) {
        return behave(profile.withTimeout(timeout));
    }

    public Nat refresh(NatProfile.Refresh refresh) {
        return behave(profile.withRefresh(refresh));
    }

    /** Whether it can be poisoned as Linux can: see {@link NatProfile#LINUX_RAW}. */
    public Nat poison(boolean poison) {
        return behave(profile.withPoison(poison));
    }

    public Nat blockUdp(boolean blocked) {
        return behave(profile.withUdpBlocked(blocked));
    }

    /** Drops all UDP between its network and these addresses, and no other; until it is called again. It forgets nothing. */
    public Nat blockUdpWith(String... remotes) {
        blocked = Set.copyOf(Addresses.parseAll(remotes));
        return this;
    }

    public Nat maxMappings(int most) {
        return behave(profile.withMaxMappings(most));
    }

    /** Puts a stateful firewall before what is not translated: IPv6 without an external IPv6 address. */
    public Nat firewall(Behavior filtering) {
        firewall = new Bindings(NatProfile.OPEN.withFiltering(filtering), net().random("firewall " + name()));
        return this;
    }

    /** Puts it below another NAT. */
    public Nat behind(Nat parent) {
        List<InetAddress> addresses = new ArrayList<>(leg.addresses());
        external.stream().filter(address -> !addresses.contains(address)).forEach(addresses::add);
        leg.move(parent, addresses);
        return this;
    }

    /** The link to the network above. */
    public Link uplink() {
        return leg.link();
    }

    /** The link by which its network reaches the public internet: its own, or that of the outermost NAT above it. */
    public Link access() {
        return leg.above() instanceof Nat parent ? parent.access() : uplink();
    }

    /** Forgets all mappings, as after a loss of power. */
    public Nat reboot() {
        net().trace().note(net().now(), name() + " reboots");
        forget();
        return this;
    }

    /** Takes other external addresses, one of each family at most, and forgets all mappings. */
    public Nat readdress(String... addresses) {
        net().trace().note(net().now(), name() + " is now " + String.join(", ", addresses));
        List<InetAddress> others = Addresses.parseAll(addresses);
        checkFamilies(others);
        external.forEach(leg::remove);
        external.clear();
        external.addAll(others);
        external.forEach(leg::add);
        forget();
        return this;
    }

    /**
     * Opens an external port to everybody, as a gateway does that was asked by PCP, NAT-PMP or UPnP. Answers leave from there, and
     * whatever else the internal endpoint sends, unless there is a mapping of the usual kind for it already. Lasts until it is
     * unmapped or the NAT forgets all its mappings. A port that was open before is handed over.
     *
     * @throws IllegalStateException when it does not translate the family
     */
    public Nat map(int externalPort, InetSocketAddress internal) {
        bindings.forwards().open(outside(externalPort, internal.getAddress() instanceof Inet6Address), internal);
        return this;
    }

    /** Closes it. */
    public Nat unmap(int externalPort) {
        external.forEach(address -> bindings.forwards().close(new InetSocketAddress(address, externalPort)));
        return this;
    }

    /** The ports that were opened by {@link #map}, and to whom. */
    public Map<InetSocketAddress, InetSocketAddress> mapped() {
        return Map.copyOf(bindings.forwards().all());
    }

    private InetSocketAddress outside(int port, boolean v6) {
        InetAddress address = external(v6);
        if (address == null) {
            throw new IllegalStateException(this + " has no external address of that family");
        }
        return new InetSocketAddress(address, port);
    }

    /** The external addresses. */
    public List<InetAddress> addresses() {
        return List.copyOf(external);
    }

    /** The NAT above it, or {@code null} on the public internet. */
    public Nat parent() {
        return leg.above() instanceof Nat parent ? parent : null;
    }

    /** The mappings that are alive. */
    public List<NatMapping> mappings() {
        return bindings.alive(net().now());
    }

    /** How many mappings it has made since it last forgot them all. */
    public long created() {
        return bindings.created();
    }

    private Nat behave(NatProfile changed) {
        profile = changed;
        forget();
        return this;
    }

    private void forget() {
        bindings = new Bindings(profile, net().random("nat " + name() + " " + boots++));
        connections = new Bindings(profile.withPoison(false).withTimeout(CONNECTION_TIMEOUT),
                net().random("nat " + name() + " TCP " + boots));
    }

    private void checkFamilies(List<InetAddress> addresses) {
        if (addresses.size() > 2 || addresses.size() == 2 && Addresses.sameFamily(addresses.get(0), addresses.get(1))) {
            throw new IllegalArgumentException(this + " takes one external address of each family, not " + addresses);
        }
    }

    private InetAddress external(boolean v6) {
        for (InetAddress address : external) {
            if (address instanceof Inet6Address == v6) {
                return address;
            }
        }
        return null;
    }

    private boolean translates(InetAddress address) {
        return external(address instanceof Inet6Address) != null;
    }

    /** What is not translated must be known above, too. */
    @Override
    void announce(InetAddress address, Leg below) {
        super.announce(address, below);
        if (address instanceof Inet6Address && !translates(address)) {
            leg.add(address);
        }
    }

    @Override
    void withdraw(InetAddress address, Leg below) {
        super.withdraw(address, below);
        if (leg.addresses().contains(address) && !external.contains(address)) {
            leg.remove(address);
        }
    }

    @Override
    String holds() {
        List<NatMapping> mappings = mappings();
        List<NatMapping> shown = mappings.subList(0, Math.min(MAPPINGS_SHOWN, mappings.size()));
        return mappings.isEmpty() ? "" : mappings.size() + " mappings " + shown + (shown.size() < mappings.size() ? " ..." : "");
    }

    @Override
    void ascend(Packet packet) {
        if (route(packet.to().getAddress()) != null) {
            descend(packet);
            return;
        }
        boolean hairpin = external.contains(packet.to().getAddress());
        Fate fate = hairpin && !profile.hairpin() ? Fate.NO_HAIRPIN : out(packet);
        if (fate == null && hairpin) {
            fate = in(packet);
        }
        if (fate != null) {
            packet.end(fate, this);
            return;
        }
        packet.passed(this);
        if (hairpin) {
            descend(packet);
        } else {
            leg.sendUp(packet);
        }
    }

    private void arriveFromOutside(Packet packet) {
        Fate fate = in(packet);
        if (fate != null) {
            packet.end(fate, this);
            return;
        }
        packet.passed(this);
        descend(packet);
    }

    private Bindings table(Packet packet) {
        return packet.segment() == null ? bindings : connections;
    }

    private Fate out(Packet packet) {
        InetAddress outside = external(packet.from().getAddress() instanceof Inet6Address);
        if (packet.segment() == null && (profile.blocksUdp() || blocked.contains(packet.to().getAddress()))) {
            return Fate.BLOCKED;
        }
        if (outside != null) {
            return table(packet).out(packet, outside, net().now());
        }
        return firewall == null ? null : firewall.out(packet, null, net().now());
    }

    private Fate in(Packet packet) {
        InetAddress to = packet.to().getAddress();
        if (packet.segment() == null && (profile.blocksUdp() || blocked.contains(packet.from().getAddress()))) {
            return Fate.BLOCKED;
        }
        if (translates(to)) {
            return external.contains(to) ? table(packet).in(packet, net().now()) : Fate.STALE;
        }
        if (firewall == null) {
            return null;
        }
        return firewall.in(packet, net().now()) == null ? null : Fate.FILTERED;
    }
}
