package io.natconnector.session;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Transport;
import io.natconnector.testkit.Fate;
import io.natconnector.testkit.NatProfile;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where UDP is blocked, relays over TCP and TLS stand in; where it is not, nobody notices them. */
class BlockedUdpTest {
    private static final NatProfile BLOCKED = NatProfile.PORT_RESTRICTED.withUdpBlocked(true);
    private static final NatProfile USUAL = NatProfile.PORT_RESTRICTED;

    private Homes homes;

    @AfterEach
    void close() {
        homes.close();
        assertThat(homes.alice.host.openConnections() + homes.bob.host.openConnections()).as("open connections").isZero();
    }

    private Duration connectedAfter() {
        homes.connect(Duration.ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(10))).as(() -> homes.net.trace().toString()).isTrue();
        homes.bothCanTalk();
        return Duration.ofNanos(homes.bothConnectedAt());
    }

    /** 400 ms of silence, then round trips of 50 ms: one or two for the connection, two for the allocation, and the checks. */
    @ParameterizedTest
    @CsvSource({"TCP, true, 700", "TLS, true, 750", "TCP, false, 300", "TLS, false, 350"})
    void oneSideIsReachedOverItsRelay(Transport transport, boolean udpRelayToo, long atMost) {
        homes = Homes.behind(1, BLOCKED, USUAL).withRelay().withRelayOver(transport, udpRelayToo);

        assertThat(connectedAfter()).isLessThanOrEqualTo(ofMillis(atMost));
        assertThat(homes.alice.host.openConnections()).isEqualTo(1);
    }

    @Test
    void twoSidesWithoutUdpMeetAtTheRelay() {
        homes = Homes.behind(1, BLOCKED, BLOCKED).withRelay().withRelayOver(Transport.TLS, true);

        assertThat(connectedAfter()).isLessThanOrEqualTo(ofMillis(750));
        assertThat(homes.alice.path().from().getAddress()).isEqualTo(homes.relayHost().address());
    }

    @Test
    void whoHasUdpConnectsAsSoonAndMakesNoConnection() {
        homes = Homes.behind(1, USUAL, USUAL).withRelay();
        Duration without = connectedAfter();
        homes.close();

        homes = Homes.behind(1, USUAL, USUAL).withRelay().withRelayOver(Transport.TCP, true);
        assertThat(connectedAfter()).isEqualTo(without);
        homes.net.runFor(ofSeconds(60));
        assertThat(homes.relayHost().openConnections()).isZero();
    }

    @Test
    void aRelayThatIsStartedAgainIsConnectedToAnew() {
        homes = Homes.behind(1, BLOCKED, BLOCKED).withRelay().withRelayOver(Transport.TCP, false);
        connectedAfter();
        var before = homes.alice.path().from();

        homes.restartRelay();
        homes.net.runFor(ofSeconds(15));

        homes.bothCanTalk();
        assertThat(homes.alice.path().from()).isNotEqualTo(before);
        assertThat(homes.relayHost().openConnections()).isEqualTo(2);
    }

    @Test
    void aRelayThatIsGoneIsTriedLessAndLessOften() {
        homes = Homes.behind(1, BLOCKED, BLOCKED).withRelay().withRelayOver(Transport.TCP, false);
        connectedAfter();
        homes.stopRelay();
        homes.net.runFor(ofSeconds(60));
        long before = homes.relayHost().count(Fate.DELIVERED);

        homes.net.runFor(Duration.ofHours(1));

        assertThat(homes.relayHost().count(Fate.DELIVERED) - before)
                .as("attempts in an hour, of two sides").isBetween(100L, 250L);
    }
}
