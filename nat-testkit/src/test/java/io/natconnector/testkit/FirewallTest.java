package io.natconnector.testkit;

import static io.natconnector.testkit.Behavior.ADDRESS_AND_PORT_DEPENDENT;
import static io.natconnector.testkit.Behavior.ADDRESS_DEPENDENT;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.extension.ExtendWith;

/** Stateful firewalls on hosts, and IPv6 through home routers. */
@ExtendWith(VirtualInternetExtension.class)
class FirewallTest {
    @VirtualInternetTest
    void aHostsFirewallLetsInOnlyAnswers(VirtualInternet net) {
        Host alice = net.host("alice", "198.51.100.1").firewall(ADDRESS_AND_PORT_DEPENDENT);
        VirtualSocket inside = alice.socket(5000);
        Host bob = net.host("bob", "198.51.100.2");
        VirtualSocket outside = bob.socket(6000);

        outside.send(inside.address(), "too early");
        net.runFor(ofMillis(1));
        inside.send(outside.address(), "out");
        net.runFor(ofMillis(1));
        outside.send(inside.address(), "answer");
        bob.socket(6001).send(inside.address(), "from another port");
        net.runFor(ofMillis(1));

        assertThat(inside.receiveText()).isEqualTo("answer");
        assertThat(inside.hasReceived()).isFalse();
        assertThat(alice.count(Fate.FILTERED)).isEqualTo(2);
    }

    @VirtualInternetTest
    void aFirewallIsNotInTheWayOfAHostThatTalksToItself(VirtualInternet net) {
        Host alice = net.host("alice", "198.51.100.1").firewall(ADDRESS_AND_PORT_DEPENDENT);
        VirtualSocket one = alice.socket(5000);
        VirtualSocket other = alice.socket(5001);

        one.send(other.address(), "unasked");
        net.runFor(ofMillis(1));

        assertThat(other.receiveText()).isEqualTo("unasked");
    }

    @VirtualInternetTest
    void aFirewallMayCountAddressesOnlyAndForgetsAfterTwoMinutes(VirtualInternet net) {
        Host alice = net.host("alice", "198.51.100.1").firewall(ADDRESS_DEPENDENT);
        VirtualSocket inside = alice.socket(5000);
        VirtualSocket outside = net.host("bob", "198.51.100.2").socket(6000);
        inside.send(new InetSocketAddress("198.51.100.2", 9), "out");
        net.runFor(ofMillis(1));
        outside.send(inside.address(), "from another port");
        net.runFor(ofMinutes(2));
        outside.send(inside.address(), "too late");
        net.runFor(ofMillis(1));

        assertThat(inside.receiveText()).isEqualTo("from another port");
        assertThat(inside.hasReceived()).isFalse();
    }

    @VirtualInternetTest
    void ipv6PassesAHomeRouterUntranslatedBehindItsFirewall(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apartWithIpv6(net, NatProfile.SYMMETRIC_RANDOM, NatProfile.SYMMETRIC_RANDOM);
        VirtualSocket alice = peers.alice().socket(new InetSocketAddress("2001:db8:1::2", 5000));
        VirtualSocket bob = peers.bob().socket(new InetSocketAddress("2001:db8:2::2", 6000));

        alice.send(bob.address(), "opens Alice's side");
        net.runFor(ofMillis(1));
        assertThat(peers.natB().count(Fate.FILTERED)).isEqualTo(1);
        bob.send(alice.address(), "passes both");
        net.runFor(ofMillis(1));
        assertThat(alice.receive().from()).isEqualTo(bob.address());
        alice.send(bob.address(), "passes both");
        net.runFor(ofMillis(1));
        assertThat(bob.receive().from()).isEqualTo(alice.address());
    }

    @VirtualInternetTest
    void ipv6PassesCarriersToo(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apartWithIpv6(net, NatProfile.CGNAT, NatProfile.OPEN);
        VirtualSocket alice = peers.alice().socket(new InetSocketAddress("2001:db8:1::2", 5000));
        VirtualSocket server = peers.stun().socket(new InetSocketAddress("2001:db8:ff::10", 3478)).reflect();

        alice.send(server.address(), "who am I?");
        net.runFor(ofMillis(1));

        assertThat(alice.receiveText()).isEqualTo("[2001:db8:1::2]:5000");
    }

    @VirtualInternetTest
    void ipv6IsFreeThroughARouterWithoutFirewallUntilTheHostLeaves(VirtualInternet net) {
        Nat nat = net.nat("nat", "198.51.100.1");
        Host alice = net.host("alice", "10.0.1.2", "2001:db8:1::2").behind(nat);
        VirtualSocket inside = alice.socket(new InetSocketAddress("2001:db8:1::2", 5000));
        VirtualSocket outside = net.host("bob", "2001:db8:2::2").socket(6000);

        outside.send(inside.address(), "unasked");
        net.runFor(ofMillis(1));
        assertThat(inside.receiveText()).isEqualTo("unasked");

        alice.remove("2001:db8:1::2");
        outside.send(inside.address(), "unasked");
        net.runFor(ofMillis(1));
        assertThat(net.count(Fate.NO_ROUTE)).isEqualTo(1);

        Host heir = net.host("heir", "2001:db8:1::2").behind(net.nat("elsewhere", "198.51.100.9"));
        outside.send(heir.socket(5000).address(), "unasked");
        net.runFor(ofMillis(1));
        assertThat(heir.count(Fate.DELIVERED)).isEqualTo(1);
    }

    @VirtualInternetTest
    void aRouterWithAnExternalIpv6AddressTranslates(VirtualInternet net) {
        Nat nat = net.nat("nat", "198.51.100.1", "2001:db8:a::1");
        Host alice = net.host("alice", "10.0.1.2", "fd00::2").behind(nat);
        VirtualSocket inside = alice.socket(new InetSocketAddress("fd00::2", 5000));
        VirtualSocket server = net.host("stun", "2001:db8:ff::10").socket(3478).reflect();

        inside.send(server.address(), "who am I?");
        net.runFor(ofMillis(1));

        assertThat(inside.receiveText()).isEqualTo("[2001:db8:a::1]:5000");
    }

    @VirtualInternetTest
    void eachFamilyHasItsOwnHosts(VirtualInternet net) throws Exception {
        Host dual = net.host("dual", "198.51.100.1", "2001:db8::1");
        assertThat(dual.addresses()).containsExactly(InetAddress.getByName("198.51.100.1"), InetAddress.getByName("2001:db8::1"));
        assertThat(dual.address()).isEqualTo(InetAddress.getByName("198.51.100.1"));
    }
}
