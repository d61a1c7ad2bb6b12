package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.relay.RelayServer;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.NatProfile;
import org.junit.jupiter.api.Test;

/** Two peers whom only a relay connects, and the relay goes out of service. */
class RelayDrainTest {
    @Test
    void theyAreAtTheNextRelayBeforeItEnds() {
        theyAreElsewhereBeforeItEnds(homes().withRelayAndItsAlternate());
    }

    @Test
    void theyGoOnOverTheOtherRelayThatTheyStandAtAnyway() {
        theyAreElsewhereBeforeItEnds(homes().withRelay().withSecondRelay());
    }

    private static Homes homes() {
        return Homes.behind(5, NatProfile.SYMMETRIC_RANDOM, NatProfile.SYMMETRIC_RANDOM);
    }

    private static void theyAreElsewhereBeforeItEnds(Homes homes) {
        homes.withoutSearch().connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
        Stream there = new Stream(homes.net, homes.alice, homes.bob, 100);
        Stream back = new Stream(homes.net, homes.bob, homes.alice, 100);
        homes.net.runFor(ofSeconds(15));
        Host before = homes.relayInUse();
        long at = homes.net.now();

        RelayServer server = homes.drainRelay(ofSeconds(60));
        assertThat(homes.net.runUntil(server::isDrained, ofSeconds(55))).as("empty before its time").isTrue();
        homes.net.runFor(ofSeconds(10));

        assertThat(before).isSameAs(homes.relayHost());
        assertThat(homes.relayInUse()).isNotSameAs(before);
        // As when a path dies, which for the side that is not told first it does
        assertThat(Math.max(there.longestGap(at), back.longestGap(at))).as("ms without data").isLessThanOrEqualTo(700);
        homes.close();
    }
}
