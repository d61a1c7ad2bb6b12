package io.natconnector.ice;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreferenceTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("198.51.100.2", 5000);
    private static final long MS = 1_000_000;

    private final Preference preference = new Preference();

    private static CandidatePair pair(Candidate local, long roundTripMillis, int answers) {
        Candidate remote = Candidate.serverReflexive(PEER, PEER, PEER, 1);
        CandidatePair pair = new CandidatePair(local, remote, IceRole.CONTROLLING);
        for (int i = 0; i < answers; i++) {
            pair.answered(0, roundTripMillis * MS);
        }
        return pair;
    }

    private static CandidatePair over(String relay, long roundTripMillis) {
        InetSocketAddress relayed = new InetSocketAddress(relay, 50_000);
        return pair(Candidate.relayed(relayed, relayed, 1), roundTripMillis, 1);
    }

    private static CandidatePair from(String host, long roundTripMillis, int answers) {
        return pair(Candidate.host(new InetSocketAddress(host, 4000), 1), roundTripMillis, answers);
    }

    @Test
    void ofTwoRelaysTheOneThatIsNearestToBothTogetherIsChosenWhateverTheFirstAnswerTook() {
        CandidatePair one = over("203.0.113.20", 80);
        CandidatePair other = over("203.0.113.21", 120);
        preference.relays(Map.of(InetAddresses.forString("203.0.113.20"), 210 * MS,
                InetAddresses.forString("203.0.113.21"), 100 * MS));
        assertThat(preference.isNearer(other, one)).isTrue();
        assertThat(preference.choose(List.of(one, other), null, false, 0)).isSameAs(other);
    }

    @Test
    void directIsBeforeRelayedHoweverSlow() {
        CandidatePair relayed = over("203.0.113.20", 20);
        CandidatePair direct = from("10.0.0.1", 200, 1);
        assertThat(preference.choose(List.of(relayed, direct), relayed, true, 0)).isSameAs(direct);
    }

    @Test
    void aDirectPathIsLeftForAClearlyQuickerOneAndNotAgainSoon() {
        CandidatePair slow = from("10.0.0.1", 100, 3);
        CandidatePair quick = from("10.0.0.2", 85, 3);
        CandidatePair alike = from("10.0.0.3", 93, 3);
        assertThat(preference.choose(List.of(slow, alike), slow, true, 0)).as("within ten percent").isSameAs(slow);
        assertThat(preference.choose(List.of(slow, quick), slow, true, 0)).isSameAs(quick);
        CandidatePair quicker = from("10.0.0.4", 20, 3);
        assertThat(preference.choose(List.of(quick, quicker), quick, true, 4_999 * MS)).isSameAs(quick);
        assertThat(preference.choose(List.of(quick, quicker), quick, true, 5_000 * MS)).isSameAs(quicker);
    }

    @Test
    void oneAnswerIsNoReasonToMove() {
        CandidatePair slow = from("10.0.0.1", 100, 3);
        assertThat(preference.choose(List.of(slow, from("10.0.0.2", 10, 1)), slow, true, 0)).isSameAs(slow);
    }
}
