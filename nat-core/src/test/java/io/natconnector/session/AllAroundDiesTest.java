package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import io.natconnector.testkit.VirtualInternet;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signalling, servers and networks come and go; connected peers stay connected. Signalling takes 50 ms while it works. */
class AllAroundDiesTest {
    private final Homes homes = Homes.behind(5, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).withRelay();
    private boolean signaling = true;

    {
        homes.alice.signaling(ofMillis(50), text -> signaling ? text : null);
        homes.bob.signaling(ofMillis(50), text -> signaling ? text : null);
    }

    @AfterEach
    void close() {
        homes.close();
    }

    private void connect() {
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(this::bothDirect, ofSeconds(5))).isTrue();
        homes.net.runFor(ofSeconds(2));
    }

    private boolean bothDirect() {
        return homes.alice.isDirect() && homes.bob.isDirect();
    }

    private boolean bobSendsTo(String address) {
        return homes.bob.path().to().getAddress().getHostAddress().equals(address);
    }

    private void aliceMoves(String address) {
        Nat lte = homes.net.nat("lte", "198.51.100.3").profile(NatProfile.PORT_RESTRICTED);
        lte.uplink().delay(Homes.UPLINK);
        InetSocketAddress old = homes.alice.endpoint.sockets().get(0);
        homes.alice.host.rehost(lte, address);
        homes.alice.host.mutate(homes.alice.endpoint, now -> {
            homes.alice.endpoint.removeSocket(old, now);
            homes.alice.endpoint.open(new InetSocketAddress(homes.alice.host.address(), 0));
        });
    }

    @Test
    void connectedPeersDoNotNoticeThatSignallingIsGone() {
        connect();
        signaling = false;
        int events = homes.alice.events.size();
        Stream stream = new Stream(homes.net, homes.alice, homes.bob, 50);
        homes.net.runFor(ofSeconds(40));
        stream.stop();
        homes.net.runFor(ofSeconds(1));
        assertThat(stream.lost()).isZero();
        assertThat(homes.alice.events.subList(events, homes.alice.events.size()))
                .allMatch(event -> event instanceof SessionEvent.Data);
    }

    @Test
    void aHostThatMovesWhileSignallingIsDownTellsItsNewAddressOverTheRelay() {
        connect();
        Stream stream = new Stream(homes.net, homes.bob, homes.alice, 100);
        homes.net.runFor(ofSeconds(5));
        signaling = false;
        long at = homes.net.now();
        aliceMoves("10.0.3.2");
        assertThat(homes.net.runUntil(() -> bothDirect() && bobSendsTo("198.51.100.3"), ofSeconds(3)))
                .as(() -> homes.alice.report() + "\n" + homes.bob.report() + homes.net.trace()).isTrue();
        homes.net.runFor(ofSeconds(2));
        assertThat(stream.longestGap(at)).isLessThanOrEqualTo(1000);
        assertThat(homes.alice.events).noneMatch(event -> event instanceof SessionEvent.Ended);
    }

    @Test
    void aRestartWhileSignallingIsDownGoesOverThePath() {
        connect();
        signaling = false;
        int[] selected = {homes.alice.session().ufrags().hashCode()};
        homes.alice.restart();
        homes.net.runFor(ofSeconds(3));
        assertThat(homes.alice.session().ufrags()).as("the old generation is gone").hasSize(1);
        assertThat(homes.alice.session().ufrags().hashCode()).isNotEqualTo(selected[0]);
        assertThat(bothDirect()).isTrue();
        homes.bothCanTalk();
    }

    @Test
    void aReaderOfTheWordsOnThePathDoesNotSeeThePasswords() {
        connect();
        signaling = false;
        homes.alice.restart();
        homes.net.runFor(ofMillis(10));
        String trace = homes.net.trace().toString();
        assertThat(trace).contains("BINDING INDICATION").doesNotContain("ice-pwd");
    }

    @Test
    void whereStunServersAreGoneWhatTheySaidIsUsed() {
        homes.alice.start(homes.stunServers, List.of());
        homes.bob.start(homes.stunServers, List.of());
        homes.net.runFor(ofSeconds(2));
        homes.stunHost().uplink().cut();
        homes.net.runFor(ofSeconds(15));
        homes.alice.connect(homes.bob);
        homes.bob.connect(homes.alice);
        assertThat(homes.net.runUntil(this::bothDirect, ofSeconds(5))).as(() -> homes.net.trace().toString()).isTrue();
        homes.net.runFor(ofMinutes(10));
        assertThat(bothDirect()).isTrue();
        homes.bothCanTalk();
    }

    @Test
    void whereEveryServerAndSignallingAreGoneADirectPathGoesOn() {
        connect();
        signaling = false;
        homes.relayHost().uplink().cut();
        homes.stunHost().uplink().cut();
        Stream stream = new Stream(homes.net, homes.alice, homes.bob, 5);
        homes.net.runFor(ofMinutes(3));
        stream.stop();
        homes.net.runFor(ofSeconds(1));
        assertThat(stream.lost()).isZero();
        assertThat(bothDirect()).isTrue();
    }

    @Test
    void newConnectsWaitUntilSignallingIsBack() {
        signaling = false;
        homes.connect(ZERO);
        homes.net.runFor(ofSeconds(6));
        assertThat(homes.bothConnected()).isFalse();
        signaling = true;
        assertThat(homes.net.runUntil(this::bothDirect, ofSeconds(3))).isTrue();
    }

    @Test
    void afterAnHourOnTheRelayAChangeAtEitherSideLeadsToADirectPathAtOnce() {
        Homes hard = Homes.behind(5, NatProfile.SYMMETRIC_RANDOM, NatProfile.SYMMETRIC_RANDOM).withRelay().connect(ZERO);
        assertThat(hard.net.runUntil(hard::bothConnected, ofSeconds(5))).isTrue();
        hard.net.runFor(ofMinutes(60));
        assertThat(hard.alice.path().isRelayed()).isTrue();
        assertThat(hard.alice.report().local()).as("addresses of old are not told any more").hasSizeLessThanOrEqualTo(6);
        assertThat(hard.alice.host.sent()).as("packets in an hour").isLessThan(2_400);
        VirtualInternet net = hard.net;
        Nat home = net.nat("home", "198.51.100.3").profile(NatProfile.CONE);
        home.uplink().delay(Homes.UPLINK);
        InetSocketAddress old = hard.bob.endpoint.sockets().get(0);
        hard.bob.host.rehost(home, "10.0.3.2");
        hard.bob.host.mutate(hard.bob.endpoint, now -> {
            hard.bob.endpoint.removeSocket(old, now);
            hard.bob.endpoint.open(new InetSocketAddress(hard.bob.host.address(), 0));
        });
        assertThat(net.runUntil(() -> hard.alice.isDirect() && hard.bob.isDirect(), ofSeconds(5)))
                .as(() -> hard.alice.report() + "\n" + hard.bob.report()).isTrue();
        hard.bothCanTalk();
        hard.close();
    }

    @Test
    void aLaptopThatHasSleptIsReachedAgain() {
        connect();
        homes.alice.host.sleep();
        homes.net.runFor(ofSeconds(45));                       // much longer, and the other side gives up (recoveryTimeout)
        homes.natA.reboot();                                   // its NAT has forgotten it meanwhile
        homes.alice.host.wake();
        homes.alice.host.mutate(homes.alice.endpoint, now -> homes.alice.endpoint.awoke(now));
        long woke = homes.net.now();
        Stream stream = new Stream(homes.net, homes.alice, homes.bob, 50);
        Stream answers = new Stream(homes.net, homes.bob, homes.alice, 50);
        homes.net.runFor(ofSeconds(4));
        assertThat(stream.longestGap(woke)).as(() -> homes.alice.report() + "\n" + homes.bob.report() + homes.net.trace())
                .isLessThanOrEqualTo(1000);
        assertThat(answers.longestGap(woke)).isLessThanOrEqualTo(1000);
        assertThat(bothDirect()).isTrue();
        assertThat(homes.alice.failure()).isNull();
    }

    @Test
    void aLaptopThatHasSleptForAnHourIsReachedAgainByAPeerThatHasTheTime() {
        SessionSettings patient = SessionSettings.DEFAULT.withRecoveryTimeout(ofHours(2).toNanos());
        int[] said = new int[1];
        homes.alice.settings(patient);
        homes.bob.settings(patient).signaling(ofMillis(50), text -> {
            said[0]++;
            return homes.alice.host.isAsleep() ? null : text;
        });
        connect();
        homes.alice.host.sleep();
        homes.net.runFor(ofMinutes(2));
        long sentBefore = homes.bob.host.sent();
        int saidBefore = said[0];
        homes.net.runFor(ofHours(1));
        assertThat(homes.bob.failure()).isNull();
        assertThat(said[0] - saidBefore).as("words of a peer that waits, in an hour").isLessThanOrEqualTo(125);
        assertThat(homes.bob.host.sent() - sentBefore).as("its packets").isLessThanOrEqualTo(8_000);
        homes.natA.reboot();
        homes.alice.host.wake();
        homes.alice.host.mutate(homes.alice.endpoint, now -> homes.alice.endpoint.awoke(now));
        long woke = homes.net.now();
        Stream stream = new Stream(homes.net, homes.alice, homes.bob, 50);
        Stream answers = new Stream(homes.net, homes.bob, homes.alice, 50);
        homes.net.runFor(ofSeconds(10));
        assertThat(stream.longestGap(woke)).isLessThanOrEqualTo(1000);
        assertThat(answers.longestGap(woke)).isLessThanOrEqualTo(1000);
        assertThat(bothDirect()).isTrue();
        assertThat(homes.alice.failure()).isNull();
    }
}
