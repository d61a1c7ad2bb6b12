package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * As measured with kernel NATs: plain masquerading, a peer whose packet comes before our own has left, and which port the peer
 * then sees us from. Bob's is the raw NAT, Alice is on the public internet.
 */
@ExtendWith(VirtualInternetExtension.class)
class PoisonTest {
    private static final InetSocketAddress BOB_OUTSIDE = new InetSocketAddress("198.51.100.2", 5000);

    private VirtualInternet net;
    private TwoPeers peers;
    private VirtualSocket alice;
    private VirtualSocket bob;

    @BeforeEach
    void stage(VirtualInternet net) {
        this.net = net;
        peers = TwoPeers.apart(net, NatProfile.OPEN, NatProfile.LINUX_RAW);
        alice = peers.alice().socket(5000);
        bob = peers.bob().socket(5000);
        peers.alice().access().delay(ofMillis(10));
        peers.natB().uplink().delay(ofMillis(10));
        assertThat(new Prober(net, peers.stun()).seen(bob, 0, 0)).as("what STUN sees").isEqualTo(BOB_OUTSIDE);
    }

    @Test
    void aPeerWhosePacketCameFirstSeesUsFromAnotherPort() {
        alice.send(BOB_OUTSIDE, "early");
        net.runFor(ofSeconds(1));

        assertThat(bob.hasReceived()).isFalse();
        assertThat(portSeenByAlice()).isNotEqualTo(5000);
    }

    @Test
    void onlyThatPeerDoes() {
        alice.send(BOB_OUTSIDE, "early");
        net.runFor(ofSeconds(1));
        assertThat(portSeenByAlice()).isNotEqualTo(5000);

        VirtualSocket other = peers.turn().socket(3478);
        bob.send(other.address(), "to somebody else");
        net.runFor(ofMillis(100));
        assertThat(other.receive().from()).isEqualTo(BOB_OUTSIDE);
    }

    @Test
    void packetsThatCrossInFlightDoNoHarm() {
        alice.send(BOB_OUTSIDE, "crosses");
        net.runFor(ofMillis(19));                              // it is 1 ms before Bob's NAT
        bob.send(alice.address(), "crosses");
        net.runFor(ofMillis(100));

        assertThat(alice.receive().from()).isEqualTo(BOB_OUTSIDE);
        assertThat(bob.receiveText()).isEqualTo("crosses");
    }

    @Test
    void aMillisecondTooLateIsTooLate() {
        alice.send(BOB_OUTSIDE, "early");
        net.runFor(ofMillis(21));

        assertThat(portSeenByAlice()).isNotEqualTo(5000);
    }

    @Test
    void thePoisonIsGoneAfterThirtySecondsOfSilence() {
        alice.send(BOB_OUTSIDE, "early");
        net.runFor(ofSeconds(32));

        assertThat(portSeenByAlice()).isEqualTo(5000);
    }

    @Test
    void thePoisonStillWorksAfterFifteenSeconds() {
        alice.send(BOB_OUTSIDE, "early");
        net.runFor(ofSeconds(15));

        assertThat(portSeenByAlice()).isNotEqualTo(5000);
    }

    @Test
    void aPeerThatKeepsProbingKeepsItAlive() {
        for (int i = 0; i < 17; i++) {
            alice.send(BOB_OUTSIDE, "probe");
            net.runFor(ofSeconds(2));
        }

        assertThat(portSeenByAlice()).isNotEqualTo(5000);
    }

    @Test
    void theOtherPortStaysWhileTheFlowLives() {
        alice.send(BOB_OUTSIDE, "early");
        net.runFor(ofSeconds(1));
        int other = portSeenByAlice();
        for (int i = 0; i < 6; i++) {
            net.runFor(ofSeconds(20));
            assertThat(portSeenByAlice()).isEqualTo(other);
        }

        alice.send(new InetSocketAddress("198.51.100.2", other), "answer to where it came from");
        net.runFor(ofMillis(100));
        assertThat(bob.receiveText()).isEqualTo("answer to where it came from");
    }

    @Test
    void twoRawNatsNeverMeetWhenOneAlwaysSendsFirst() {
        assertThat(meet(NatProfile.LINUX_RAW, NatProfile.LINUX_RAW, ofMillis(100))).isFalse();
    }

    @Test
    void twoRawNatsMeetWhenTheirPacketsCross() {
        assertThat(meet(NatProfile.LINUX_RAW, NatProfile.LINUX_RAW, ofMillis(15))).isTrue();
    }

    @Test
    void theRawSideHasToSendFirstWhenOnlyOneIsRaw() {
        assertThat(meet(NatProfile.LINUX_RAW, NatProfile.PORT_RESTRICTED, ofMillis(100))).isTrue();
        assertThat(meet(NatProfile.PORT_RESTRICTED, NatProfile.LINUX_RAW, ofMillis(100))).isFalse();
    }

    @Test
    void aNatThatDropsTheEarlyPacketCleanlyIsNotPoisoned() {
        assertThat(meet(NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED, ofMillis(100))).isTrue();
    }

    private int portSeenByAlice() {
        bob.send(alice.address(), "late");
        net.runFor(ofMillis(100));
        return alice.receive().from().getPort();
    }

    /** Six rounds to where STUN saw the other, one second apart, the second side later by {@code skew}; 20 ms one way. */
    private static boolean meet(NatProfile first, NatProfile second, Duration skew) {
        try (VirtualInternet net = new VirtualInternet(7)) {
            TwoPeers peers = TwoPeers.apart(net, first, second);
            peers.natA().uplink().delay(ofMillis(10));
            peers.natB().uplink().delay(ofMillis(10));
            VirtualSocket one = peers.alice().socket(5000);
            VirtualSocket two = peers.bob().socket(5000);
            Prober prober = new Prober(net, peers.stun());
            InetSocketAddress seenOne = prober.seen(one, 0, 0);
            InetSocketAddress seenTwo = prober.seen(two, 0, 0);
            for (int round = 0; round < 6; round++) {
                net.after(ofSeconds(round), () -> one.send(seenTwo, "punch"));
                net.after(ofSeconds(round).plus(skew), () -> two.send(seenOne, "punch"));
            }
            net.runFor(ofSeconds(7));
            return one.hasReceived() && two.hasReceived();
        }
    }
}
