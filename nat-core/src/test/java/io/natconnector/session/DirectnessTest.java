package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.nat.Directness;
import io.natconnector.nat.SearchBudget;
import io.natconnector.testkit.NatProfile;
import org.junit.jupiter.api.Test;

/** The report says whether there is a direct path, and why not. */
class DirectnessTest {
    private static Directness after(Homes homes, int seconds) {
        homes.connect(ZERO);
        homes.net.runFor(ofSeconds(seconds));
        SessionReport report = homes.alice.report();
        assertThat(homes.bob.report().nat()).isEqualTo(report.peerNat());
        assertThat(report.path()).isEqualTo(homes.alice.path());
        homes.close();
        return report.directness();
    }

    @Test
    void twoHomesAreDirect() {
        assertThat(after(Homes.behind(1, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).withRelay(), 2))
                .isEqualTo(Directness.FOUND);
    }

    @Test
    void randomPortsOnBothSidesLeaveNothingToAimAt() {
        assertThat(after(Homes.behind(1, NatProfile.SYMMETRIC_RANDOM, NatProfile.SYMMETRIC_RANDOM).withRelay(), 5))
                .isEqualTo(Directness.BOTH_UNPREDICTABLE);
    }

    @Test
    void randomPortsAreSearchedForUnlessThatIsSwitchedOff() {
        assertThat(after(Homes.behind(1, NatProfile.SYMMETRIC_RANDOM, NatProfile.PORT_RESTRICTED).withRelay().withoutSearch(), 5))
                .isEqualTo(Directness.SEARCH_OFF);
        Homes poor = Homes.behind(1, NatProfile.SYMMETRIC_RANDOM, NatProfile.PORT_RESTRICTED).withRelay();
        SessionSettings few = SessionSettings.DEFAULT.withSearch(new SearchBudget(1, 5, 6_000_000, 700_000_000));
        poor.alice.settings(few);
        poor.bob.settings(few);
        assertThat(after(poor, 10)).isEqualTo(Directness.SEARCH_FAILED);
    }

    @Test
    void aSearchThatGoesOnIsSaidToGoOn() {
        Homes homes = Homes.behind(1, NatProfile.SYMMETRIC_RANDOM, NatProfile.PORT_RESTRICTED).withRelay().connect(ZERO);
        homes.net.runUntil(homes::bothConnected, ofSeconds(2));
        assertThat(homes.alice.report().directness()).isEqualTo(Directness.LOOKING);
        homes.close();
    }

    @Test
    void aPeerThatSaysNothingIsUnknown() {
        Homes homes = Homes.behind(1, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED);
        homes.alice.start(homes.stunServers, homes.relays).connect(homes.bob);
        homes.net.runFor(ofSeconds(5));
        assertThat(homes.alice.report().directness()).isEqualTo(Directness.PEER_UNKNOWN);
        homes.close();
    }

    @Test
    void udpThatIsBlockedIsFoundOutOnBothSides() {
        Homes homes = Homes.behind(7, NatProfile.UDP_BLOCKED, NatProfile.PORT_RESTRICTED).withRelay().connect(ZERO);
        homes.net.runFor(ofSeconds(10));
        assertThat(homes.alice.report().directness()).isEqualTo(Directness.UDP_BLOCKED_HERE);
        assertThat(homes.bob.report().directness()).isEqualTo(Directness.UDP_BLOCKED_THERE);
        homes.close();
    }

    @Test
    void aServerThatHasNotAnsweredYetIsInTheReport() {
        Homes homes = Homes.behind(1, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED);
        homes.stunServers.add(new java.net.InetSocketAddress("203.0.113.99", 3478));
        homes.connect(ZERO);
        homes.net.runFor(ofSeconds(1));
        assertThat(homes.alice.report().servers()).anyMatch(server -> server.server().startsWith("203.0.113.99")
                && server.outcome().equals("no answer yet"));
        homes.close();
    }
}
