package io.natconnector.session;

import static org.assertj.core.api.Assertions.assertThat;

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
    }
}
