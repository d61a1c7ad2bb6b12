package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.BindingServer;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.StunBinding;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real machines: a STUN client and a STUN server. */
@ExtendWith(VirtualInternetExtension.class)
class StunTest {
    @VirtualInternetTest
    void aClientLearnsItsAddressBehindTwoNats(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.CGNAT, NatProfile.OPEN);
        peers.alice().access().delay(ofMillis(25));
        InetSocketAddress server = peers.stun().bind(new BindingServer(), 3478);
        StunBinding client = ask(net, peers, server);

        assertThat(net.runUntil(() -> client.result() != null, ofSeconds(1))).isTrue();

        InetSocketAddress outside = peers.natA().parent().mappings().get(0).outside();
        assertThat(client.result()).isEqualTo(new StunBinding.Result.Mapped(outside, ofMillis(50).toNanos()));
        assertThat(net.trace().toString()).contains("BINDING REQUEST", "BINDING SUCCESS", "mapped=" + Addresses.text(outside));
    }

    @VirtualInternetTest(seeds = 50)
    void aLossyLinkOnlyDelaysIt(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.PORT_RESTRICTED, NatProfile.OPEN);
        peers.alice().access().delay(ofMillis(25)).loss(0.2);
        InetSocketAddress server = peers.stun().bind(new BindingServer(), 3478);
        StunBinding client = ask(net, peers, server);

        assertThat(net.runUntil(() -> client.result() instanceof StunBinding.Result.Mapped, ofSeconds(32))).isTrue();
    }

    @VirtualInternetTest
    void whereUdpIsBlockedItGivesUpAtTheTimeOfTheRfc(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.UDP_BLOCKED, NatProfile.OPEN);
        InetSocketAddress server = peers.stun().bind(new BindingServer(), 3478);
        StunBinding client = ask(net, peers, server);

        net.runUntil(() -> client.result() != null, ofSeconds(60));

        assertThat(client.result()).isInstanceOf(StunBinding.Result.TimedOut.class);
        assertThat(net.now()).isEqualTo(ofMillis(39_500).toNanos());
        assertThat(peers.natA().count(Fate.BLOCKED)).isEqualTo(7);
    }

    @VirtualInternetTest
    void aHostThatSleepsNeitherSendsNorHears(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.PORT_RESTRICTED, NatProfile.OPEN);
        peers.alice().access().delay(ofMillis(25));
        InetSocketAddress server = peers.stun().bind(new BindingServer(), 3478);
        StunBinding client = ask(net, peers, server);

        net.runFor(ofMillis(10));
        peers.alice().sleep();
        net.runFor(ofSeconds(20));
        assertThat(peers.alice().count(Fate.ASLEEP)).isEqualTo(1);
        assertThat(peers.alice().sent()).isEqualTo(1);
        assertThat(client.result()).isNull();

        peers.alice().wake();
        assertThat(net.runUntil(() -> client.result() instanceof StunBinding.Result.Mapped, ofSeconds(1))).isTrue();
    }

    @VirtualInternetTest
    void whatIsAskedOfASleepingHostWaits(VirtualInternet net) {
        VirtualSocket bob = net.host("bob", "198.51.100.2").socket(6000);
        Host alice = net.host("alice", "198.51.100.1");
        VirtualSocket socket = alice.socket(5000);
        alice.sleep();
        socket.send(bob.address(), "good morning");
        net.runFor(ofSeconds(8 * 3600));
        assertThat(bob.hasReceived()).isFalse();
        alice.wake();
        net.runFor(ofMillis(1));
        assertThat(bob.receiveText()).isEqualTo("good morning");
    }

    private static StunBinding ask(VirtualInternet net, TwoPeers peers, InetSocketAddress server) {
        InetSocketAddress local = peers.alice().endpoint(5000);
        StunBinding client = new StunBinding(local, server, Retransmission.STANDARD, peers.alice().random(), net.now());
        peers.alice().bind(client, local);                     // its first request leaves at once
        return client;
    }
}
