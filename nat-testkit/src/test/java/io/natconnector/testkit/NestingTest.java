package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hairpins, and NATs behind NATs. */
@ExtendWith(VirtualInternetExtension.class)
class NestingTest {
    @VirtualInternetTest
    void hairpinningShowsTheExternalSourceAddress(VirtualInternet net) {
        TwoPeers peers = TwoPeers.together(net, NatProfile.CONE.withHairpin(true));
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket bob = peers.bob().socket(6000);
        InetSocketAddress bobOutside = new Prober(net, peers.stun()).seen(bob, 0, 0);

        alice.send(bobOutside, "hairpin");
        net.runFor(ofMillis(1));

        assertThat(bob.receive().from()).isEqualTo(new InetSocketAddress("198.51.100.1", 5000));
    }

    @VirtualInternetTest
    void whereHairpinningIsOffThePacketEndsAtTheNat(VirtualInternet net) {
        TwoPeers peers = TwoPeers.together(net, NatProfile.CONE);
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket bob = peers.bob().socket(6000);
        InetSocketAddress bobOutside = new Prober(net, peers.stun()).seen(bob, 0, 0);

        alice.send(bobOutside, "hairpin");
        net.runFor(ofMillis(1));

        assertThat(bob.hasReceived()).isFalse();
        assertThat(peers.natA().count(Fate.NO_HAIRPIN)).isEqualTo(1);
    }

    @VirtualInternetTest
    void hairpinnedPacketsAreFilteredAsThoseFromOutside(VirtualInternet net) {
        TwoPeers peers = TwoPeers.together(net, NatProfile.PORT_RESTRICTED.withHairpin(true));
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket bob = peers.bob().socket(6000);
        InetSocketAddress bobOutside = new Prober(net, peers.stun()).seen(bob, 0, 0);

        alice.send(bobOutside, "too early");
        net.runFor(ofMillis(1));
        assertThat(peers.natA().count(Fate.FILTERED)).isEqualTo(1);
        bob.send(new InetSocketAddress("198.51.100.1", 5000), "opens, and arrives");
        alice.send(bobOutside, "arrives");
        net.runFor(ofMillis(1));

        assertThat(alice.receiveText()).isEqualTo("opens, and arrives");
        assertThat(bob.receiveText()).isEqualTo("arrives");
    }

    @VirtualInternetTest
    void neighboursReachEachOtherInATenthOfAMillisecondAndSeePrivateAddresses(VirtualInternet net) {
        TwoPeers peers = TwoPeers.together(net, NatProfile.SYMMETRIC_RANDOM);
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket bob = peers.bob().socket(6000).echo();
        peers.natA().uplink().cut();

        alice.send(bob.address(), "ping");
        net.runUntil(alice::hasReceived, ofMillis(10));

        assertThat(net.now()).isEqualTo(200_000);
        assertThat(alice.receive().from()).isEqualTo(bob.address());
    }

    @VirtualInternetTest
    void aCarriersNatTranslatesOnceMore(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.CGNAT, NatProfile.OPEN);
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket server = peers.stun().socket(3478).reflect();
        Nat carrier = peers.natA().parent();

        alice.send(server.address(), "who am I?");
        net.runFor(ofMillis(1));

        NatMapping home = peers.natA().mappings().get(0);
        NatMapping outer = carrier.mappings().get(0);
        assertThat(home.inside()).isEqualTo(new InetSocketAddress("10.0.1.2", 5000));
        assertThat(home.outside()).isEqualTo(new InetSocketAddress("100.64.0.2", 5000));
        assertThat(outer.inside()).isEqualTo(home.outside());
        assertThat(alice.receiveText()).isEqualTo(Addresses.text(outer.outside()));
        assertThat(outer.outside().getAddress().getHostAddress()).isEqualTo("198.51.100.1");
    }

    @VirtualInternetTest
    void theAccessLinkIsThatOfTheOutermostNat(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.CGNAT, NatProfile.OPEN);
        peers.alice().access().delay(ofMillis(40));
        peers.bob().access().delay(ofMillis(5));
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket bob = peers.bob().socket(5000).echo();

        alice.send(bob.address(), "ping");
        net.runUntil(alice::hasReceived, ofMillis(1000));

        assertThat(net.now()).isEqualTo(ofMillis(90).toNanos());
        assertThat(peers.alice().access()).isSameAs(peers.natA().parent().uplink());
        assertThat(peers.bob().access()).isSameAs(peers.bob().uplink());
    }

    @VirtualInternetTest
    void twoHomesUnderOneCarrierMeetByItsHairpin(VirtualInternet net) {
        TwoPeers peers = TwoPeers.underOneCarrier(net, NatProfile.CONE.withHairpin(true), NatProfile.CONE);
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket bob = peers.bob().socket(6000);
        InetSocketAddress bobOutside = new Prober(net, peers.stun()).seen(bob, 0, 0);

        alice.send(bobOutside, "over the carrier");
        net.runFor(ofMillis(1));

        assertThat(bob.receive().from().getAddress().getHostAddress()).isEqualTo("198.51.100.1");
        assertThat(peers.natA().parent().count(Fate.NO_HAIRPIN)).isZero();
    }

    @VirtualInternetTest
    void homesUnderOneCarrierReachEachOthersCarrierAddressesDirectly(VirtualInternet net) {
        TwoPeers peers = TwoPeers.underOneCarrier(net, NatProfile.SYMMETRIC_RANDOM, NatProfile.CONE);
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket bob = peers.bob().socket(6000);
        bob.send(peers.stun().endpoint(3478), "opens");

        alice.send(new InetSocketAddress("100.64.2.2", 6000), "inside the carrier's network");
        net.runFor(ofMillis(1));

        assertThat(bob.receive().from()).isEqualTo(new InetSocketAddress("100.64.1.2", 5000));
    }

    @VirtualInternetTest
    void privateAddressesLeadNowhereOnThePublicInternet(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.CONE, NatProfile.CONE);
        VirtualSocket alice = peers.alice().socket(5000);
        peers.bob().socket(6000);

        alice.send(new InetSocketAddress("10.0.2.2", 6000), "to a private address elsewhere");
        net.runFor(ofMillis(1));

        assertThat(net.count(Fate.NO_ROUTE)).isEqualTo(1);
    }

    @VirtualInternetTest
    void privateAddressesOnThePublicInternetAreNobodysAndMayCoincide(VirtualInternet net) {
        net.host("one", "10.0.0.2", "fd00::2").socket(5000);
        net.host("other", "10.0.0.2", "fd00::2");
        VirtualSocket alice = net.host("alice", "198.51.100.1").socket(5000);

        alice.send(new InetSocketAddress("10.0.0.2", 5000), "hello?");
        net.runFor(ofMillis(1));

        assertThat(net.count(Fate.NO_ROUTE)).isEqualTo(1);
    }
}
