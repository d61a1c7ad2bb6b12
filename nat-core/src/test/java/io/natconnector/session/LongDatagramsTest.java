package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Fate;
import io.natconnector.testkit.NatProfile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Datagrams that are longer than usual go where they are known to pass. Plaintext, which adds a number of 4 bytes. */
class LongDatagramsTest {
    private final Homes homes = Homes.behind(3, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).withRelay();

    @AfterEach
    void close() {
        homes.close();
    }

    private void connect() {
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(() -> homes.bothConnected() && homes.alice.isDirect() && homes.bob.isDirect(), ofSeconds(5)))
                .isTrue();
    }

    private static String text(int length) {
        return "x".repeat(length);
    }

    @Test
    void aLongDatagramThatIsWrittenAtOnceWaitsARoundTripAndArrives() {
        connect();
        homes.alice.send(text(1400));
        assertThat(homes.net.runUntil(() -> homes.bob.received.contains(text(1400)), ofMillis(260)))
                .as(() -> homes.net.trace().toString()).isTrue();
        assertThat(homes.alice.path().mtu()).isEqualTo(1472);
    }

    @Test
    void whatIsTooLongForTheNarrowestLinkIsRefusedAndWhatFitsArrives() {
        homes.natB.uplink().mtu(1280);
        connect();
        homes.net.runFor(ofSeconds(2));
        assertThat(homes.alice.path().mtu()).isEqualTo(1252);
        long tooBig = homes.net.count(Fate.TOO_BIG);
        assertThat(homes.alice.isRefused(text(1400))).isTrue();
        homes.alice.send(text(1400));
        homes.alice.send(text(1248));
        homes.net.runFor(ofSeconds(2));
        assertThat(homes.bob.received).containsExactly(text(1248));
        assertThat(homes.net.count(Fate.TOO_BIG)).as("nothing is sent in vain").isEqualTo(tooBig);
    }

    @Test
    void theSameHoldsOverARelay() {
        homes.alice.settings(SessionSettings.DEFAULT.withRelayOnly(true));
        homes.connect(ZERO);
        homes.net.runFor(ofSeconds(2));
        assertThat(homes.alice.path().mtu()).isGreaterThanOrEqualTo(1400);
        homes.alice.send(text(1400));
        homes.net.runFor(ofMillis(200));
        assertThat(homes.bob.received).containsExactly(text(1400));
    }

    @Test
    void anUpgradeUnderLongDatagramsLosesNone() {
        Homes late = Homes.behind(6, NatProfile.SYMMETRIC_RANDOM, NatProfile.PORT_RESTRICTED).withRelay().connect(ZERO);
        assertThat(late.net.runUntil(late::bothConnected, ofSeconds(5))).isTrue();
        Stream stream = new Stream(late.net, late.alice, late.bob, 200, 1300);
        assertThat(late.net.runUntil(() -> late.alice.isDirect() && late.bob.isDirect(), ofSeconds(15))).isTrue();
        late.net.runFor(ofSeconds(2));
        stream.stop();
        late.net.runFor(ofSeconds(1));
        assertThat(stream.lost()).isZero();
        assertThat(stream.repeated()).isZero();
        late.close();
    }
}
