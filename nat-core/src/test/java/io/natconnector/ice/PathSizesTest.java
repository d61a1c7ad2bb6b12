package io.natconnector.ice;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.VirtualInternet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long a datagram may be, in bytes of UDP payload; IPv4 and UDP have 28 bytes of headers. Round trips of 100 ms. */
class PathSizesTest {
    private final VirtualInternet net = new VirtualInternet(1);
    private final VirtualAgent alice = agent("alice", "192.0.2.1", IceRole.CONTROLLING);
    private final VirtualAgent bob = agent("bob", "192.0.2.2", IceRole.CONTROLLED);

    private VirtualAgent agent(String name, String address, IceRole role) {
        var host = net.host(name, address);
        host.uplink().delay(ofMillis(25));
        return new VirtualAgent(net, host, role);
    }

    @AfterEach
    void close() {
        net.close();
    }

    private void connect() {
        alice.knowsAsOneOfOurs(bob);
        bob.knowsAsOneOfOurs(alice);
        assertThat(net.runUntil(() -> alice.isAgreed() && bob.isAgreed(), ofSeconds(1))).isTrue();
    }

    private static int mtu(VirtualAgent agent) {
        return agent.agent.selected().mtu();
    }

    private boolean passes(int size) {
        boolean[] passes = new boolean[1];
        alice.mutate(() -> passes[0] = alice.agent.takes(size, net.now()) || alice.agent.detour(size, net.now()) != null);
        return passes[0];
    }

    @Test
    void anEthernetsSizeIsKnownARoundTripAfterThePathIsAgreedOn() {
        connect();
        assertThat(mtu(alice)).isEqualTo(1240);
        net.runFor(ofMillis(101));
        assertThat(mtu(alice)).isEqualTo(1472);
        assertThat(mtu(bob)).isEqualTo(1472);
        assertThat(passes(1472)).isTrue();
    }

    @Test
    void aNarrowLinkOfEitherSideLimitsBoth() {
        bob.host.uplink().mtu(1280);
        connect();
        net.runFor(ofMillis(101));
        assertThat(mtu(alice)).isEqualTo(1252);
        assertThat(mtu(bob)).isEqualTo(1252);
        assertThat(passes(1300)).isFalse();
        net.runFor(ofSeconds(2));
        boolean[] refused = new boolean[1];
        alice.mutate(() -> refused[0] = alice.agent.refuses(1392, net.now()));
        assertThat(refused[0]).isTrue();
    }

    @Test
    void aLinkThatIsNarrowOneWayOnlyLimitsBothWays() {
        bob.host.uplink().outbound().mtu(1280);
        connect();
        net.runFor(ofSeconds(1));
        assertThat(mtu(alice)).as("the answers of that size did not come back").isEqualTo(1252);
    }

    @Test
    void aLongerDatagramIsTriedForWhenThereIsOne() {
        alice.host.uplink().mtu(9000);
        bob.host.uplink().mtu(9000);
        connect();
        net.runFor(ofSeconds(1));
        assertThat(passes(8000)).as("not known yet").isFalse();
        net.runFor(ofMillis(101));
        assertThat(passes(8000)).isTrue();
        assertThat(passes(8972)).isFalse();
        net.runFor(ofMillis(101));
        assertThat(passes(8972)).isTrue();
        assertThat(passes(9000)).isFalse();
        net.runFor(ofSeconds(2));
        assertThat(passes(9000)).isFalse();
        assertThat(passes(8972)).as("what is known stays known").isTrue();
    }

    @Test
    void aPathThatHasBecomeNarrowerIsFoundOutUnderUse() {
        connect();
        net.runFor(ofSeconds(1));
        bob.host.uplink().mtu(1400);
        for (int i = 0; i < 80; i++) {
            passes(1472);
            net.runFor(ofMillis(100));
        }
        assertThat(mtu(alice)).isEqualTo(1252);
        assertThat(alice.isConnected()).isTrue();
        assertThat(alice.events).noneMatch(event -> event instanceof IceEvent.Doubtful);
    }

    @Test
    void aForeignPeerIsNotAskedAndNotLimited() {
        alice.knowsAll(bob);
        bob.knowsAll(alice);
        net.runUntil(() -> alice.isAgreed() && bob.isAgreed(), ofSeconds(1));
        net.runFor(ofSeconds(1));
        assertThat(passes(5000)).isTrue();
        assertThat(net.trace().toString()).doesNotContain("PADDING");
    }
}
