package io.natconnector.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.ice.CandidateType;
import io.natconnector.testkit.NatProfile;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every pair of NATs, both orders, five start skews: direct wherever that can be, relayed elsewhere. */
class TraversalMatrixTest {
    private static final List<NatProfile> PROFILES = List.of(NatProfile.OPEN, NatProfile.CONE, NatProfile.RESTRICTED,
            NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED_RANDOM, NatProfile.SYMMETRIC_SEQUENTIAL,
            NatProfile.SYMMETRIC_RANDOM, NatProfile.CGNAT, NatProfile.CGNAT_SYMMETRIC);
    private static final List<Integer> SKEWS = List.of(0, 5, 20, 200, 1000);

    static Stream<Arguments> cells() {
        return PROFILES.stream().flatMap(a -> PROFILES.stream().flatMap(
                b -> SKEWS.stream().map(skew -> Arguments.of(a, b, skew))));
    }

    @ParameterizedTest(name = "{0} to {1}, the other side starts {2} ms later")
    @MethodSource("cells")
    void isDirectWhereThatCanBeAndRelayedElsewhere(NatProfile a, NatProfile b, int skew) {
        Homes homes = Homes.behind(7, a, b).withRelay().withoutSearch().connect(Duration.ofMillis(skew));

        boolean connected = homes.net.runUntil(homes::bothConnected, Duration.ofSeconds(5));
        homes.net.runFor(Duration.ofSeconds(3));

        assertThat(connected).as(() -> homes.net.trace().toString()).isTrue();
        boolean direct = !isHard(a, b) && !isHard(b, a);
        assertThat(homes.alice.isDirect()).as(() -> homes.alice.report() + "\n" + homes.net.trace()).isEqualTo(direct);
        assertThat(homes.bob.isDirect()).as(() -> homes.bob.report() + "\n" + homes.net.trace()).isEqualTo(direct);
        homes.bothCanTalk();
        homes.close();
    }

    @ParameterizedTest(name = "hairpin {0}")
    @ValueSource(booleans = {true, false})
    void peersBehindTheSameNatMeetInside(boolean hairpin) {
        for (NatProfile profile : List.of(NatProfile.PORT_RESTRICTED, NatProfile.SYMMETRIC_RANDOM, NatProfile.CGNAT)) {
            Homes homes = Homes.behindTheSame(7, profile.withHairpin(hairpin)).withRelay().connect(Duration.ofMillis(20));

            assertThat(homes.net.runUntil(homes::bothConnected, Duration.ofSeconds(5))).isTrue();
            homes.net.runFor(Duration.ofSeconds(1));

            assertThat(homes.alice.path().remote().type()).isEqualTo(CandidateType.HOST);
            assertThat(homes.bob.path().remote().type()).isEqualTo(CandidateType.HOST);
            homes.bothCanTalk();
            homes.close();
        }
    }

    @ParameterizedTest(name = "hairpin {0}")
    @ValueSource(booleans = {true, false})
    void homesBehindOneCarrierMeetAtItWhereItHairpinsAndAtTheRelayElsewhere(boolean hairpin) {
        Homes homes = Homes.behindOneCarrier(7, hairpin).withRelay().connect(Duration.ZERO);

        assertThat(homes.net.runUntil(homes::bothConnected, Duration.ofSeconds(5))).isTrue();
        homes.net.runFor(Duration.ofSeconds(3));

        assertThat(homes.alice.isDirect()).as(() -> homes.net.trace().toString()).isEqualTo(hairpin);
        assertThat(homes.bob.isDirect()).isEqualTo(hairpin);
        homes.bothCanTalk();
        homes.close();
    }

    @Test
    void whereUdpIsBlockedNothingConnectsAndTheReportSaysWhy() {
        Homes homes = Homes.behind(7, NatProfile.UDP_BLOCKED, NatProfile.PORT_RESTRICTED).withRelay().connect(Duration.ZERO);
        homes.net.runFor(Duration.ofSeconds(21));

        assertThat(homes.alice.failure()).isEqualTo(SessionFailure.NO_PATH);
        assertThat(homes.alice.report().servers()).isNotEmpty().allMatch(server -> server.outcome().startsWith("no answer"));
        homes.close();
    }

    /**
     * A NAT with another port for each destination can't be met by one that lets in only those whom it was sent to, port included;
     * unless the next port can be guessed.
     */
    private static boolean isHard(NatProfile a, NatProfile b) {
        return isSymmetric(a) && (isSymmetric(b) || filtersPorts(b) && a != NatProfile.SYMMETRIC_SEQUENTIAL);
    }

    private static boolean isSymmetric(NatProfile profile) {
        return profile == NatProfile.SYMMETRIC_RANDOM || profile == NatProfile.SYMMETRIC_SEQUENTIAL
                || profile == NatProfile.CGNAT_SYMMETRIC;
    }

    private static boolean filtersPorts(NatProfile profile) {
        return profile == NatProfile.PORT_RESTRICTED || profile == NatProfile.PORT_RESTRICTED_RANDOM || profile == NatProfile.CGNAT;
    }
}
