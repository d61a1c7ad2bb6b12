package io.natconnector.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Exact, in virtual time: 25 ms one way on each uplink, instant signalling, both start at 0. */
class TimeToConnectTest {
    @Test
    void twoHomesConnectInOneStunAndOneCheckRoundTrip() {
        Homes homes = Homes.behind(1, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).connect(Duration.ZERO);

        boolean connected = homes.net.runUntil(homes::bothConnected, Duration.ofSeconds(5));

        assertThat(connected).as(() -> homes.net.trace().toString()).isTrue();
        assertThat(Duration.ofNanos(homes.bothConnectedAt()))
                .as(() -> homes.net.trace().toString()).isBetween(Duration.ofMillis(150), Duration.ofMillis(160));
        assertThat(homes.alice.isDirect() && homes.bob.isDirect()).isTrue();
        homes.close();
    }

    @Test
    void overARelayOnlyItTakesTwoRoundTripsToTheRelayAndTwoOverIt() {
        Homes homes = Homes.behind(1, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).withRelay();
        homes.stunServers.clear();
        homes.alice.settings(SessionSettings.DEFAULT.withRelayOnly(true));
        homes.bob.settings(SessionSettings.DEFAULT.withRelayOnly(true));
        homes.connect(Duration.ZERO);

        boolean connected = homes.net.runUntil(homes::bothConnected, Duration.ofSeconds(5));

        assertThat(connected).as(() -> homes.net.trace().toString()).isTrue();
        assertThat(Duration.ofNanos(homes.bothConnectedAt()))
                .as(() -> homes.net.trace().toString()).isBetween(Duration.ofMillis(200), Duration.ofMillis(220));
        assertThat(homes.alice.path().isRelayed() && homes.bob.path().isRelayed()).isTrue();
        homes.bothCanTalk();
        homes.close();
    }

    @Test
    void aLostFirstCheckOfEitherSideCostsAtMostSixtyMilliseconds() {
        for (boolean alices : new boolean[] {true, false}) {
            Homes homes = Homes.behind(1, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED);
            Nat nat = alices ? homes.natA : homes.natB;
            // the first checks to the addresses that the NATs gave leave as soon as the STUN server has answered, at 50 ms
            homes.net.at(Duration.ofMillis(50).minusNanos(1), () -> nat.uplink().cut());
            homes.net.at(Duration.ofMillis(50).plusNanos(1), () -> nat.uplink().restore());
            homes.connect(Duration.ZERO);

            assertThat(homes.net.runUntil(homes::bothConnected, Duration.ofSeconds(5))).isTrue();
            assertThat(Duration.ofNanos(homes.bothConnectedAt())).as(() -> homes.net.trace().toString())
                    .isBetween(Duration.ofMillis(160), Duration.ofMillis(220));
            homes.close();
        }
    }
}
