package io.natconnector.testkit;

import java.util.List;

/**
 * The usual stage: Alice and Bob, each behind a NAT, and public servers. The addresses are those of the process-level laboratory:
 *
 * <pre>
 * alice 10.0.1.2   behind natA 198.51.100.1        stun 203.0.113.10 and .11     turn 203.0.113.20
 * bob   10.0.2.2   behind natB 198.51.100.2        sig  203.0.113.30             turn2 203.0.113.21
 * </pre>
 *
 * <p>With {@link NatProfile#OPEN} there is no NAT: the host has the public address itself. Links have no delay; for a path from
 * Alice to the internet of 25 ms say {@code peers.alice().access().delay(ofMillis(25))}.
 *
 * @param natA Alice's NAT, or {@code null}
 * @param natB Bob's NAT, or {@code null}; the same as Alice's when they share one
 */
public record TwoPeers(VirtualInternet net, Host alice, Host bob, Nat natA, Nat natB, Host stun, Host turn, Host turn2, Host sig) {
    private static final String PUBLIC_A = "198.51.100.1";
    private static final String PUBLIC_B = "198.51.100.2";

    /** Each behind a NAT of its own. */
    public static TwoPeers apart(VirtualInternet net, NatProfile a, NatProfile b) {
        Nat natA = a.equals(NatProfile.OPEN) ? null : net.nat("natA", PUBLIC_A).profile(a);
        Nat natB = b.equals(NatProfile.OPEN) ? null : net.nat("natB", PUBLIC_B).profile(b);
        return stage(net, host(net, "alice", natA, natA == null ? PUBLIC_A : "10.0.1.2"),
                host(net, "bob", natB, natB == null ? PUBLIC_B : "10.0.2.2"), natA, natB);
    }

    /**
     * Each behind a NAT of its own, which also routes IPv6 through a stateful firewall: Alice is 2001:db8:1::2, Bob 2001:db8:2::2,
     * the servers are 2001:db8:ff::10 and so on.
     */
    public static TwoPeers apartWithIpv6(VirtualInternet net, NatProfile a, NatProfile b) {
        TwoPeers peers = apart(net, a, b);
        peers.alice.add("2001:db8:1::2");
        peers.bob.add("2001:db8:2::2");
        for (Nat nat : new Nat[] {peers.natA, peers.natB}) {
            if (nat != null) {
                nat.firewall(Behavior.ADDRESS_AND_PORT_DEPENDENT);
            }
        }
        int last = 0x10;
        for (Host server : List.of(peers.stun, peers.turn, peers.turn2, peers.sig)) {
            server.add("2001:db8:ff::" + Integer.toHexString(last));
            last += server == peers.turn ? 1 : server == peers.turn2 ? 0x0F : 0x10;
        }
        return peers;
    }

    /** Both behind the same NAT, Bob as 10.0.1.3: a LAN. */
    public static TwoPeers together(VirtualInternet net, NatProfile profile) {
        Nat nat = net.nat("natA", PUBLIC_A).profile(profile);
        return stage(net, host(net, "alice", nat, "10.0.1.2"), host(net, "bob", nat, "10.0.1.3"), nat, nat);
    }

    /** Each behind a home NAT of its own, and both of those behind one carrier's. */
    public static TwoPeers underOneCarrier(VirtualInternet net, NatProfile carrier, NatProfile home) {
        Nat above = net.nat("carrier", PUBLIC_A).profile(carrier);
        Nat natA = net.nat("natA", "100.64.1.2").profile(home).behind(above);
        Nat natB = net.nat("natB", "100.64.2.2").profile(home).behind(above);
        return stage(net, host(net, "alice", natA, "10.0.1.2"), host(net, "bob", natB, "10.0.2.2"), natA, natB);
    }

    private static TwoPeers stage(VirtualInternet net, Host alice, Host bob, Nat natA, Nat natB) {
        return new TwoPeers(net, alice, bob, natA, natB, net.host("stun", "203.0.113.10", "203.0.113.11"),
                net.host("turn", "203.0.113.20"), net.host("turn2", "203.0.113.21"), net.host("sig", "203.0.113.30"));
    }

    private static Host host(VirtualInternet net, String name, Nat nat, String address) {
        Host host = net.host(name, address);
        return nat == null ? host : host.behind(nat);
    }
}
