package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import io.natconnector.nat.NatMapping;
import io.natconnector.testkit.NatProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two relays, and no direct way between the two peers. */
class RelayChoiceTest {
    private final Homes homes = Homes.behind(8, NatProfile.SYMMETRIC_RANDOM, NatProfile.SYMMETRIC_RANDOM)
            .withRelay().withSecondRelay();

    @Test
    void theNearerRelayIsUsedThoughTheOtherOneIsNamedFirst() {
        homes.relayHost().uplink().delay(ofMillis(60));
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
        homes.net.runFor(ofSeconds(1));
        assertThat(homes.relayInUse()).isNotSameAs(homes.relayHost());
        assertThat(homes.alice.path().roundTrip()).isLessThanOrEqualTo(ofMillis(101).toNanos());
        homes.bothCanTalk();
        homes.close();
    }

    @Test
    void theRelayWithTheLeastSumIsUsedThoughEachSideIsNearerToAnotherOne() {
        homes.withThirdRelay();
        homes.distances(homes.relayHost(), 0, 80).distances(homes.secondRelayHost(), 80, 0);
        homes.distances(homes.thirdRelayHost(), 30, 30);
        homes.net.distance("203.0.113.20", "203.0.113.21", ofMillis(80)).distance("203.0.113.20", "203.0.113.22", ofMillis(50))
                .distance("203.0.113.21", "203.0.113.22", ofMillis(50));
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
        homes.net.runFor(ofSeconds(2));
        assertThat(homes.relayInUse()).isSameAs(homes.thirdRelayHost());
        assertThat(homes.alice.path().roundTrip()).isEqualTo(ofMillis(2 * (25 + 30 + 30 + 25)).toNanos());
        homes.bothCanTalk();
        homes.close();
    }

    @Test
    void twoRelaysAreUsedWhereTheWayBetweenThemIsTheQuicker() {
        homes.distances(homes.relayHost(), 0, 80).distances(homes.secondRelayHost(), 80, 0);
        homes.net.distance("203.0.113.20", "203.0.113.21", ofMillis(10));
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
        homes.net.runFor(ofSeconds(2));
        assertThat(homes.alice.path().roundTrip()).isEqualTo(ofMillis(2 * (25 + 10 + 25)).toNanos());
        homes.bothCanTalk();
        homes.close();
    }

    @Test
    void theNextBestRelayStandsInWhenTheOneInUseDies() {
        homes.withThirdRelay();
        homes.distances(homes.relayHost(), 40, 80).distances(homes.thirdRelayHost(), 10, 10);
        homes.connect(ZERO);
        homes.net.runFor(ofSeconds(3));
        assertThat(homes.relayInUse()).isSameAs(homes.secondRelayHost());
        Stream fromAlice = new Stream(homes.net, homes.alice, homes.bob, 100);
        Stream fromBob = new Stream(homes.net, homes.bob, homes.alice, 100);
        homes.net.runFor(ofSeconds(2));
        long at = homes.net.now();
        homes.secondRelayHost().uplink().cut();
        homes.net.runFor(ofSeconds(5));
        assertThat(homes.relayInUse()).isSameAs(homes.thirdRelayHost());
        assertThat(fromAlice.longestGap(at)).as("milliseconds without a datagram of alice").isLessThanOrEqualTo(700);
        assertThat(fromBob.longestGap(at)).as("milliseconds without a datagram of bob").isLessThanOrEqualTo(700);
        assertThat(fromAlice.repeated() + fromBob.repeated()).isZero();
        homes.close();
    }

    @Test
    void whatBothSidesHaveMeasuredIsAddedUp() {
        Surroundings alices = new Surroundings(NatMapping.RANDOM, 1,
                Map.of(InetAddresses.forString("203.0.113.20"), 10L, InetAddresses.forString("203.0.113.21"), 50L));
        Surroundings bobs = new Surroundings(NatMapping.RANDOM, 1,
                Map.of(InetAddresses.forString("203.0.113.20"), 200L, InetAddresses.forString("203.0.113.22"), 5L));
        assertThat(alices.relaySums(bobs)).isEqualTo(Map.of(InetAddresses.forString("203.0.113.20"), 210L));
    }

    @Test
    void eachSideTellsHowFarItsRelaysAre() {
        String[] said = new String[1];
        homes.alice.signaling(ZERO, text -> {
            said[0] = text;
            return text;
        });
        homes.relayHost().uplink().delay(ofMillis(60));
        homes.connect(ZERO);
        homes.net.runFor(ofSeconds(1));
        Surroundings told = Words.parse(said[0]).note().orElseThrow().surroundings();
        assertThat(told.relays()).hasSize(2);
        assertThat(told.relays().get(InetAddresses.forString("203.0.113.20")))
                .isGreaterThan(told.relays().get(InetAddresses.forString("203.0.113.21")));
        homes.close();
    }
}
