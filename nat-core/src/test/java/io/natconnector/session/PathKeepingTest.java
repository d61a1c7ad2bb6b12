package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection outlives its paths: two homes, a relay, 100 datagrams a second each way, signalling of 50 ms. */
class PathKeepingTest {
    private final Homes homes = Homes.behind(5, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).withRelay();
    private Stream toBob;
    private Stream toAlice;

    @BeforeEach
    void connect() {
        homes.alice.signaling(ofMillis(50), text -> text);
        homes.bob.signaling(ofMillis(50), text -> text);
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
        homes.net.runFor(ofSeconds(1));
        toBob = new Stream(homes.net, homes.alice, homes.bob, 100);
        toAlice = new Stream(homes.net, homes.bob, homes.alice, 100);
        homes.net.runFor(ofSeconds(5));
        assertThat(bothDirect()).isTrue();
    }

    @AfterEach
    void close() {
        homes.close();
    }

    private boolean bothDirect() {
        return homes.alice.isDirect() && homes.bob.isDirect();
    }

    private void assertGapsAtMost(int milliseconds, long since) {
        assertThat(toBob.longestGap(since)).as(() -> homes.bob.report() + "\n" + homes.net.trace())
                .isLessThanOrEqualTo(milliseconds);
        assertThat(toAlice.longestGap(since)).isLessThanOrEqualTo(milliseconds);
        assertThat(toBob.repeated() + toAlice.repeated()).isZero();
    }

    @Test
    void aNatThatRebootsWithANewAddress() {
        long at = homes.net.now();
        homes.natA.reboot();
        homes.natA.readdress("198.51.100.9");
        homes.net.runFor(ofSeconds(3));
        assertThat(bothDirect()).as("direct again").isTrue();
        assertThat(homes.bob.path().to().getAddress().getHostAddress()).isEqualTo("198.51.100.9");
        homes.net.runFor(ofSeconds(5));
        assertGapsAtMost(700, at);
    }

    @Test
    void aDirectPathThatIsBlackholedForGood() {
        long at = homes.net.now();
        homes.natA.profile(NatProfile.SYMMETRIC_RANDOM);
        homes.natA.reboot();
        homes.net.runFor(ofSeconds(20));
        assertThat(homes.alice.path().isRelayed() && homes.bob.path().isRelayed()).isTrue();
        assertGapsAtMost(700, at);
    }

    @Test
    void aHostThatMovesToAnotherNetwork() {
        homes.net.runFor(ofSeconds(1));
        Nat lte = homes.net.nat("lte", "198.51.100.3").profile(NatProfile.PORT_RESTRICTED);
        lte.uplink().delay(Homes.UPLINK);
        long at = homes.net.now();
        InetSocketAddress old = homes.alice.endpoint.sockets().get(0);
        homes.alice.host.rehost(lte, "10.0.3.2");
        homes.alice.host.mutate(homes.alice.endpoint, now -> {
            homes.alice.endpoint.removeSocket(old, now);
            homes.alice.endpoint.open(new InetSocketAddress(homes.alice.host.address(), 0));
        });
        homes.net.runFor(ofSeconds(3));
        assertThat(bothDirect()).as(() -> "direct again " + homes.alice.report() + homes.net.trace()).isTrue();
        homes.net.runFor(ofSeconds(5));
        assertGapsAtMost(1000, at);
        assertThat(homes.alice.events).noneMatch(event -> event instanceof SessionEvent.Ended);
    }

    @Test
    void aRelayedConnectionWhoseRelayDiesGoesOnOverAnother() {
        Homes relayed = Homes.behind(8, NatProfile.SYMMETRIC_RANDOM, NatProfile.SYMMETRIC_RANDOM).withRelay().withSecondRelay();
        relayed.connect(ZERO);
        assertThat(relayed.net.runUntil(relayed::bothConnected, ofSeconds(5))).isTrue();
        Stream stream = new Stream(relayed.net, relayed.alice, relayed.bob, 100);
        relayed.net.runFor(ofSeconds(8));
        long at = relayed.net.now();
        relayed.relayInUse().uplink().cut();
        relayed.net.runFor(ofSeconds(10));
        assertThat(stream.longestGap(at)).as(() -> relayed.alice.paths + "\n" + relayed.net.trace()).isLessThanOrEqualTo(700);
        assertThat(stream.repeated()).isZero();
        relayed.close();
    }

    @Test
    void theRelayInUseDiesAndADirectPathIsThere() {
        homes.net.runFor(ofSeconds(1));
        long at = homes.net.now();
        homes.relayHost().uplink().cut();
        homes.net.runFor(ofSeconds(10));
        assertThat(bothDirect()).isTrue();
        assertGapsAtMost(30, at);
    }

    @Test
    void anUpgradeFromTheRelayUnderAThousandDatagramsASecond() {
        Homes late = Homes.behind(6, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).withRelay();
        late.relayHost().uplink().delay(ofMillis(20));         // 90 ms one way over it, 50 ms directly
        String[] bobsWords = new String[1];
        late.bob.signaling(ofMillis(20), text -> {
            bobsWords[0] = text;
            return text.lines().filter(line -> !line.contains("typ host") && !line.contains("typ srflx"))
                    .collect(Collectors.joining("\r\n"));
        });
        late.connect(ZERO);
        assertThat(late.net.runUntil(late::bothConnected, ofSeconds(5))).isTrue();
        late.net.runFor(ofSeconds(2));
        assertThat(late.alice.path().isRelayed()).isTrue();
        Stream stream = new Stream(late.net, late.alice, late.bob, 1000);
        late.net.runFor(ofSeconds(2));
        late.alice.host.mutate(late.alice.endpoint, now -> late.alice.endpoint.hear(late.alice.session(),
                Words.parse(bobsWords[0].replaceFirst("seq=[0-9]+", "seq=99")), now));
        assertThat(late.net.runUntil(() -> late.alice.isDirect() && late.bob.isDirect(), ofSeconds(60))).isTrue();
        late.net.runFor(ofSeconds(1));
        stream.stop();
        late.net.runFor(ofSeconds(1));

        assertThat(stream.lost()).isZero();
        assertThat(stream.repeated()).isZero();
        assertThat(stream.overtaken()).as("as many as are sent in the 40 ms that the relay takes longer").isBetween(1, 40);
        assertThat(late.alice.events).filteredOn(event -> event instanceof SessionEvent.PathChanged).hasSize(1);
        late.close();
    }

    @Test
    void twentyFourHoursIdleBehindImpatientNats() {
        toBob.stop();
        toAlice.stop();
        homes.natA.timeout(ofSeconds(30));
        homes.natB.timeout(ofSeconds(30));
        homes.net.runFor(ofSeconds(60));
        long alices = homes.alice.host.sent();
        long bobs = homes.bob.host.sent();
        homes.net.runFor(Duration.ofHours(24));
        alices = homes.alice.host.sent() - alices;
        bobs = homes.bob.host.sent() - bobs;
        System.out.println("24 h idle: " + alices + " packets of alice's, " + bobs + " of bob's");

        assertThat(bothDirect()).isTrue();
        homes.bothCanTalk();
        assertThat(alices).isLessThanOrEqualTo(6_000);
        assertThat(bobs).isLessThanOrEqualTo(6_000);
    }
}
