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
