package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hosts that move, and hosts with several interfaces. */
@ExtendWith(VirtualInternetExtension.class)
class MobilityTest {
    private VirtualInternet net;
    private Host alice;
    private Nat lte;
    private VirtualSocket server;

    @BeforeEach
    void stage(VirtualInternet net) {
        this.net = net;
        TwoPeers peers = TwoPeers.apart(net, NatProfile.PORT_RESTRICTED, NatProfile.OPEN);
        alice = peers.alice();
        alice.access().delay(ofMillis(10));
        lte = net.nat("lte", "198.51.100.3").profile(NatProfile.CGNAT);
        server = peers.stun().socket(3478).reflect();
    }

    @Test
    void fromWifiToLteWithANewAddress() {
        VirtualSocket wifi = alice.socket(5000);
        assertThat(seenFrom(wifi)).isEqualTo("198.51.100.1:5000");

        alice.rehost(lte, "10.0.3.2");

        assertThat(seenFrom(wifi)).isNull();
        assertThat(alice.count(Fate.UNSENT)).isEqualTo(1);
        assertThat(seenFrom(alice.socket(5000))).startsWith("198.51.100.3:");
    }

    @Test
    void ontoThePublicInternet() {
        alice.rehost(null, "198.51.100.9");
        assertThat(seenFrom(alice.socket(5000))).isEqualTo("198.51.100.9:5000");
    }

    @Test
    void whatWasUnderWayToTheOldAddressIsLost() {
        VirtualSocket wifi = alice.socket(5000);
        wifi.send(server.address(), "who am I?");
        net.runFor(ofMillis(15));                              // the answer is on the link to the NAT
        alice.rehost(lte, "10.0.3.2");
        net.runFor(ofMillis(100));

        assertThat(wifi.hasReceived()).isFalse();
        assertThat(net.count(Fate.NO_ROUTE)).isEqualTo(1);
    }

    @Test
    void whatIsOnTheHostsOwnLinkWhenItMovesIsStale() {
        alice.uplink().delay(ofMillis(5));
        VirtualSocket wifi = alice.socket(5000);
        wifi.send(server.address(), "who am I?");
        net.runFor(ofMillis(2));
        alice.rehost(lte, "10.0.3.2");
        net.runFor(ofMillis(100));

        assertThat(alice.count(Fate.STALE)).isEqualTo(1);
    }

    @Test
    void twoInterfacesAtOnceEachByItsOwnWay() {
        Nic second = alice.attach(lte, "10.0.3.2");
        VirtualSocket wifi = alice.socket(new InetSocketAddress("10.0.1.2", 5000));
        VirtualSocket mobile = alice.socket(new InetSocketAddress("10.0.3.2", 5000));
        second.access().delay(ofMillis(30));

        assertThat(seenFrom(wifi)).isEqualTo("198.51.100.1:5000");
        assertThat(seenFrom(mobile)).startsWith("198.51.100.3:");

        alice.nics().get(0).uplink().cut();
        assertThat(seenFrom(wifi)).isNull();
        assertThat(seenFrom(mobile)).startsWith("198.51.100.3:");

        alice.detach(second);
        assertThat(seenFrom(mobile)).isNull();
        assertThat(alice.addresses()).containsExactly(Addresses.parse("10.0.1.2"));
    }

    @Test
    void anAddressTheHostGaveUpIsFreeForOthers() {
        alice.rehost(lte, "10.0.3.2");
        Host heir = net.host("heir", "10.0.1.2").behind(net.host("other", "10.0.9.9").behind(lte).nics().get(0).nat());
        assertThat(heir.nics().get(0).nat()).isSameAs(lte);
    }

    @Test
    void noTwoHostsOfANetworkHaveTheSameAddress() {
        Host other = net.host("other", "10.0.1.2");
        assertThatIllegalArgumentException().isThrownBy(() -> other.behind(alice.nics().get(0).nat()))
                .withMessageContaining("10.0.1.2").withMessageContaining("alice");
        assertThatIllegalArgumentException().isThrownBy(() -> net.host("alice", "10.0.7.7")).withMessageContaining("alice");
        assertThatIllegalArgumentException().isThrownBy(() -> net.host("named", "localhost")).withMessageContaining("localhost");
    }

    /** What the server says that it sees, or {@code null} when nothing comes back. */
    private String seenFrom(VirtualSocket socket) {
        socket.send(server.address(), "who am I?");
        net.runFor(ofMillis(200));
        return socket.receiveText();
    }
}
