package io.natconnector.testkit;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ports opened by hand. */
@ExtendWith(VirtualInternetExtension.class)
class OpenedPortTest {
    private static final InetSocketAddress OPENED = new InetSocketAddress("198.51.100.1", 40_000);

    private VirtualInternet net;
    private Nat nat;
    private VirtualSocket alice;
    private VirtualSocket bob;
    private VirtualSocket carol;

    @BeforeEach
    void stage(VirtualInternet net) {
        this.net = net;
        this.nat = net.nat("nat", "198.51.100.1").profile(NatProfile.SYMMETRIC_RANDOM);
        this.alice = net.host("alice", "10.0.1.2").behind(nat).socket(5000);
        this.bob = net.host("bob", "203.0.113.1").socket(4000).reflect();
        this.carol = net.host("carol", "203.0.113.2").socket(4000);
        nat.map(OPENED.getPort(), alice.address());
    }

    @Test
    void everybodyMaySendInAndAnswersLeaveFromThere() {
        carol.send(OPENED, "hello");
        net.runFor(ofSeconds(1));
        assertThat(alice.receiveText()).isEqualTo("hello");

        alice.send(carol.address(), "hello back");
        net.runFor(ofSeconds(1));
        assertThat(carol.receive().from()).isEqualTo(OPENED);
        assertThat(nat.created()).isZero();
    }

    @Test
    void staysOpenUnusedAndIsGoneAfterARebootOrWhenItIsClosed() {
        net.runFor(ofHours(5));
        assertThat(nat.mapped()).isEqualTo(Map.of(OPENED, alice.address()));
        carol.send(OPENED, "hello");
        net.runFor(ofSeconds(1));
        assertThat(alice.receiveText()).isEqualTo("hello");

        nat.unmap(OPENED.getPort());
        carol.send(OPENED, "hello?");
        nat.map(OPENED.getPort(), alice.address()).reboot();
        carol.send(OPENED, "hello??");
        net.runFor(ofSeconds(1));
        assertThat(alice.hasReceived()).isFalse();
        assertThat(nat.mapped()).isEmpty();
    }

    @Test
    void aMappingThatWasThereBeforeLivesOnUntilSomethingComesInByTheOpenedPort() {
        nat.unmap(OPENED.getPort());
        alice.send(carol.address(), "one");
        net.runFor(ofSeconds(1));
        nat.map(OPENED.getPort(), alice.address());
        alice.send(carol.address(), "two");
        net.runFor(ofSeconds(1));
        assertThat(carol.receive().from()).isNotEqualTo(OPENED);
        assertThat(carol.receive().from()).isNotEqualTo(OPENED);

        carol.send(OPENED, "hello");
        net.runFor(ofSeconds(1));
        alice.send(carol.address(), "three");
        net.runFor(ofSeconds(1));
        assertThat(carol.receive().from()).isEqualTo(OPENED);
    }

    @Test
    void theNatGivesTheOpenedPortToNobodyElse() {
        nat.profile(NatProfile.PORT_RESTRICTED).map(6000, alice.address());
        VirtualSocket ann = net.host("ann", "10.0.1.3").behind(nat).socket(6000);
        ann.send(bob.address(), "who am I?");
        net.runFor(ofSeconds(1));

        assertThat(nat.mappings()).singleElement().satisfies(mapping -> assertThat(mapping.outside().getPort()).isNotEqualTo(6000));
    }
}
