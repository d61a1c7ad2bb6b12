package io.natconnector.relay;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import io.natconnector.testkit.VirtualSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The client of an allocation against our own server, over a network of 40 ms round trips. */
@ExtendWith(NoLeaks.class)
class RelayClientTest {
    private final RelayStage stage = new RelayStage(1);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void allocatesInTwoRoundTrips() {
        RelayStage.Client client = stage.client("client", "198.51.100.20").start();

        stage.net.runFor(ofMillis(80));

        assertThat(client.events).hasSize(1).first().isInstanceOf(RelayEvent.Allocated.class);
        RelayEvent.Allocated allocated = (RelayEvent.Allocated) client.events.get(0);
        assertThat(allocated.relayed().getAddress()).isEqualTo(stage.serverHost.address());
        assertThat(allocated.mapped()).isEqualTo(client.local);
        assertThat(allocated.lifetimeNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(600));
        assertThat(allocated.roundTripNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(40));
    }

    @Test
    void tellsTheAddressOutsideOfItsNat() {
        Nat nat = stage.net.nat("nat", "198.51.100.1").profile(NatProfile.SYMMETRIC_RANDOM);
        RelayStage.Client client = stage.client("client", "10.0.0.2");
        client.host.behind(nat);
        client.start();

        stage.net.runFor(ofSeconds(1));

        assertThat(client.machine.mapped().getAddress()).isEqualTo(RelayBench.address("198.51.100.1", 1).getAddress());
    }

    @Test
    void sendsDataRightBehindTheRequestForThePermission() {
        RelayStage.Client client = stage.allocated();

        client.send(stage.peer.address(), "hello");
        stage.net.runFor(ofMillis(40));

        assertThat(stage.peer.receiveText()).isEqualTo("hello");
    }

    @Test
    void asksForAPermissionOnlyOnce() {
        RelayStage.Client client = stage.allocated();
        long before = client.machine.statistics().requests();

        for (int i = 0; i < 10; i++) {
            client.send(stage.peer.address(), "hello");
        }
        client.permit(stage.peer.address());
        stage.net.runFor(ofSeconds(1));
        client.send(new InetSocketAddress(stage.peer.address().getAddress(), 7), "another port");

        assertThat(client.machine.statistics().requests() - before).isEqualTo(1);
    }

    @Test
    void carriesDataBothWaysOnAChannelOnceItIsBound() {
        stage.peer.echo();
        RelayStage.Client client = stage.allocated();

        client.bind(stage.peer.address());
        client.send(stage.peer.address(), "one");
        stage.net.runFor(ofMillis(100));
        client.send(stage.peer.address(), "two");
        stage.net.runFor(ofMillis(100));

        assertThat(client.received).containsExactly("one from 7000", "two from 7000");
        assertThat(client.machine.statistics().sentOnChannels()).isEqualTo(1);
        assertThat(client.machine.statistics().sentData()).isEqualTo(2);
    }

    @Test
    void hearsOnlyWhomItPermitted() {
        RelayStage.Client client = stage.allocated();
        stage.peer.send(client.machine.relayed(), "early");
        stage.net.runFor(ofMillis(100));
        client.permit(stage.peer.address());
        stage.net.runFor(ofMillis(100));

        stage.peer.send(client.machine.relayed(), "now");
        stage.net.runFor(ofMillis(100));

        assertThat(client.received).containsExactly("now from 7000");
    }

    @Test
    void permitsLaterWhomItWasToldToPermitBeforeItWasAllocated() {
        RelayStage.Client client = stage.client("client", "198.51.100.20").start();
        client.permit(stage.peer.address());
        stage.net.runFor(ofMillis(200));

        stage.peer.send(client.machine.relayed(), "hello");
        stage.net.runFor(ofMillis(200));

        assertThat(client.received).containsExactly("hello from 7000");
    }

    @Test
    void isRefreshedAtHalfItsLifetime() {
        RelayStage.Client client = stage.allocated();
        long before = client.machine.statistics().requests();
        stage.net.runFor(ofSeconds(269));
        long quiet = client.machine.statistics().requests();

        stage.net.runFor(ofSeconds(32));

        assertThat(quiet - before).as("only the way is kept open till then").isEqualTo(13);
        assertThat(client.machine.statistics().requests() - quiet).isBetween(2L, 4L);
        stage.net.runFor(ofMinutes(60));
        assertThat(client.machine.isAllocated()).isTrue();
        assertThat(stage.server.statistics().activeAllocations()).isEqualTo(1);
    }

    @Test
    void keepsTheWayThroughANatOpenWhileNothingPasses() {
        Nat nat = stage.net.nat("nat", "198.51.100.1").profile(NatProfile.SYMMETRIC_RANDOM.withTimeout(ofSeconds(30)));
        RelayStage.Client client = stage.client("client", "10.0.0.2");
        client.host.behind(nat);
        client.start();
        stage.net.runFor(ofSeconds(1));
        client.permit(stage.peer.address());

        stage.net.runFor(ofMinutes(20));
        stage.peer.send(client.machine.relayed(), "still there?");
        stage.net.runFor(ofSeconds(1));

        assertThat(client.received).containsExactly("still there? from 7000");
        assertThat(client.events).hasSize(1);
    }

    @Test
    void keepsPermissionAndChannelWhileDataPasses() {
        stage.peer.echo();
        RelayStage.Client client = stage.allocated();
        client.bind(stage.peer.address());
        stage.net.runFor(ofSeconds(1));
        int rounds = 0;
        for (Duration passed = Duration.ZERO; passed.compareTo(ofMinutes(40)) < 0; passed = passed.plusSeconds(50)) {
            client.send(stage.peer.address(), "on and on");
            stage.net.runFor(ofSeconds(50));
            rounds++;
        }
        assertThat(client.received).hasSize(rounds);
        assertThat(client.machine.statistics().sentOnChannels()).isEqualTo(rounds);
    }

    @Test
    void keepsAPinnedPermissionWhileNothingPasses() {
        RelayStage.Client client = stage.allocated();
        client.permit(stage.peer.address());
        stage.net.runFor(ofMinutes(31));

        stage.peer.send(client.machine.relayed(), "hello");
        stage.net.runFor(ofSeconds(1));

        assertThat(client.received).hasSize(1);
    }

    @Test
    void letsAPermissionRunOutThatNobodyUses() {
        RelayStage.Client client = stage.allocated();
        client.permit(stage.peer.address());
        stage.net.runFor(ofSeconds(1));
        client.host.mutate(client.wire, now -> client.machine.release(stage.peer.address()));
        stage.net.runFor(ofMinutes(6));

        stage.peer.send(client.machine.relayed(), "hello");
        stage.net.runFor(ofSeconds(1));

        assertThat(client.received).isEmpty();
        assertThat(stage.server.statistics().dropped()).isEqualTo(1);
    }

    @Test
    void asksAgainForAPermissionThatIsOldWhenDataGoes() {
        RelayStage.Client client = stage.allocated();
        client.send(stage.peer.address(), "one");
        stage.net.runFor(ofSeconds(250));
        stage.net.runFor(ofMinutes(4));
        client.send(stage.peer.address(), "two");
        stage.net.runFor(ofSeconds(1));

        assertThat(stage.peer.receiveText()).isEqualTo("one");
        assertThat(stage.peer.receiveText()).isEqualTo("two");
    }

    @Test
    void letsAChannelRestBeforeItIsSomebodyElses() {
        RelayStage.Client client = stage.allocated();
        client.bind(stage.peer.address());
        stage.net.runFor(ofMinutes(12));
        client.permit(stage.peer.address());
        stage.net.runFor(ofSeconds(1));
        client.send(stage.peer.address(), "no channel now");
        stage.net.runFor(ofSeconds(1));
        client.bind(stage.peer.address());
        stage.net.runFor(ofSeconds(1));
        client.send(stage.peer.address(), "on another number");
        stage.net.runFor(ofSeconds(1));

        assertThat(stage.peer.receiveText()).isEqualTo("no channel now");
        assertThat(stage.peer.receiveText()).isEqualTo("on another number");
        assertThat(client.machine.statistics().sentOnChannels()).isEqualTo(1);
    }

    @Test
    void givesTheAllocationBackWhenClosed() {
        RelayStage.Client client = stage.allocated();
        client.send(stage.peer.address(), "hello");

        client.close();
        assertThat(stage.net.runUntil(client.machine::isEnded, ofSeconds(1))).isTrue();

        assertThat(stage.server.remains()).isZero();
        assertThat(client.events).hasSize(1);
        assertThat(client.machine.nextTimeout()).isEqualTo(RelayClient.NEVER);
    }

    @Test
    void givesBackEvenAnAllocationThatComesAfterItWasClosed() {
        RelayStage.Client client = stage.client("client", "198.51.100.20").start();
        stage.net.runFor(ofMillis(70));
        client.close();
        stage.net.runFor(ofMillis(200));

        assertThat(client.machine.isEnded()).isTrue();
        assertThat(stage.server.statistics().allocations()).isEqualTo(1);
        assertThat(stage.server.remains()).isZero();
    }

    @Test
    void isDoneWithADeadServerSoonAfterItIsClosed() {
        RelayStage.Client client = stage.allocated();
        stage.serverHost.uplink().cut();
        client.close();

        assertThat(stage.net.runUntil(client.machine::isEnded, ofMillis(3001))).isTrue();
        assertThat(client.events).hasSize(1);
    }

    @Test
    void reportsAServerThatNeverAnswersInEightSeconds() {
        stage.serverHost.uplink().cut();
        RelayStage.Client client = stage.client("client", "198.51.100.20").start();

        assertThat(stage.net.runUntil(client.machine::isEnded, ofMillis(8001))).isTrue();
        assertThat(client.events).hasSize(1).first().isInstanceOf(RelayEvent.Failed.class);
        assertThat(((RelayEvent.Failed) client.events.get(0)).reason()).isEqualTo(RelayFailure.NO_RESPONSE);
        assertThat(client.wire.sent()).as("sendings").isEqualTo(10);
    }

    @Test
    void noticesThatTheServerDiedWhileNothingPasses() {
        RelayStage.Client client = stage.allocated();
        stage.serverHost.uplink().cut();

        assertThat(stage.net.runUntil(client.machine::isEnded, ofSeconds(29))).isTrue();
        assertThat(client.events).hasSize(2);
        assertThat(((RelayEvent.Lost) client.events.get(1)).reason()).isEqualTo(RelayFailure.NO_RESPONSE);
    }

    @Test
    void noticesThatTheServerForgotItWhenItAsksNext() {
        RelayStage.Client client = stage.allocated();
        stage.restartServer();

        assertThat(stage.net.runUntil(client.machine::isEnded, ofSeconds(301))).isTrue();
        assertThat(((RelayEvent.Lost) client.events.get(1)).reason()).isEqualTo(RelayFailure.MISMATCH);
    }

    @Test
    void noticesThatItsNatGaveItAnotherAddress() {
        Nat nat = stage.net.nat("nat", "198.51.100.1").profile(NatProfile.SYMMETRIC_RANDOM);
        RelayStage.Client client = stage.client("client", "10.0.0.2");
        client.host.behind(nat);
        client.start();
        stage.net.runFor(ofSeconds(1));
        nat.reboot();

        assertThat(stage.net.runUntil(client.machine::isEnded, ofSeconds(30))).isTrue();
        assertThat(((RelayEvent.Lost) client.events.get(1)).reason()).isEqualTo(RelayFailure.MISMATCH);
    }

    @Test
    void reportsAWrongPasswordAfterTwoRoundTrips() {
        RelayStage.Client client = stage.client("client", "198.51.100.20", "alice", "guess").start();

        assertThat(stage.net.runUntil(client.machine::isEnded, ofMillis(81))).isTrue();
        assertThat(((RelayEvent.Failed) client.events.get(0)).reason()).isEqualTo(RelayFailure.UNAUTHORIZED);
    }

    @Test
    void reportsThatTheQuotaIsReached() {
        try (RelayStage narrow = new RelayStage(2, config -> config.quotas(1, 10, 10))) {
            narrow.allocated();
            RelayStage.Client second = narrow.client("second", "198.51.100.21").start();
            assertThat(narrow.net.runUntil(second.machine::isEnded, ofSeconds(1))).isTrue();
            RelayEvent.Failed failed = (RelayEvent.Failed) second.events.get(0);
            assertThat(failed.reason()).isEqualTo(RelayFailure.QUOTA);
            assertThat(failed.advice()).contains("486");
        }
    }

    @Test
    void tellsThatThePeerIsForbiddenAndDoesNotAskAgainWithEveryPacket() {
        RelayStage.Client client = stage.allocated();
        InetSocketAddress forbidden = RelayBench.address("10.1.2.3", 9);
        client.send(forbidden, "x");
        stage.net.runFor(ofMillis(100));
        long asked = client.machine.statistics().requests();
        for (int i = 0; i < 100; i++) {
            client.send(forbidden, "x");
        }

        assertThat(client.machine.statistics().requests()).isEqualTo(asked);
        assertThat(client.events).hasSize(2);
        RelayEvent.PeerRefused refused = (RelayEvent.PeerRefused) client.events.get(1);
        assertThat(refused.peer()).isEqualTo(forbidden.getAddress());
        assertThat(refused.reason()).isEqualTo(RelayFailure.FORBIDDEN);
        assertThat(client.machine.isAllocated()).isTrue();
    }

    @Test
    void sendsNothingToAPeerOfTheOtherFamily() {
        RelayStage.Client client = stage.allocated();
        client.send(RelayBench.address("2600::7", 9), "x");
        client.permit(RelayBench.address("2600::7", 9));
        client.bind(RelayBench.address("2600::7", 9));

        assertThat(client.machine.statistics().dropped()).isEqualTo(1);
        assertThat(client.machine.statistics().requests()).isEqualTo(2);
    }

    @Test
    void goesOnWithAFreshNonceWhenTheOldOneIsStale() {
        RelayStage.Client client = stage.allocated();
        stage.net.runFor(ofSeconds(650));
        client.send(stage.peer.address(), "after the nonce's time");
        stage.net.runFor(ofMillis(200));
        client.send(stage.peer.address(), "again");
        stage.net.runFor(ofMillis(200));

        assertThat(stage.peer.receiveText()).isNotNull();
        assertThat(client.machine.isAllocated()).isTrue();
    }

    @Test
    void talksToAnotherClientOfTheSameRelay() {
        RelayStage.Client alice = stage.allocated();
        RelayStage.Client bob = stage.client("bob", "198.51.100.30", "bob", "hidden").start();
        stage.net.runFor(ofSeconds(1));
        alice.permit(bob.machine.relayed());
        bob.bind(alice.machine.relayed());
        stage.net.runFor(ofMillis(100));

        alice.send(bob.machine.relayed(), "hello bob");
        bob.send(alice.machine.relayed(), "hello alice");
        stage.net.runFor(ofMillis(100));

        assertThat(bob.received).containsExactly("hello bob from " + alice.machine.relayed().getPort());
        assertThat(alice.received).containsExactly("hello alice from " + bob.machine.relayed().getPort());
    }

    @Test
    void leavesWhatIsNotItsOwnToOthers() {
        RelayStage.Client client = stage.allocated();
        int[] others = {0};
        VirtualSocket stranger = stage.net.host("elsewhere", "198.51.100.99").socket(1);
        client.program.unclaimed(datagram -> others[0]++);

        stranger.send(client.local, "hello");
        stage.net.runFor(ofMillis(100));

        assertThat(others[0]).isEqualTo(1);
    }
}
