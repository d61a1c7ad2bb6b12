package io.natconnector.natpeer.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PeerWordsTest {
    private static final String HOST = "candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host";
    private static final String REFLEXIVE = "candidate:2 1 udp 1694498815 198.51.100.1 40000 typ srflx raddr 192.0.2.1 rport 40000";

    @Test
    void whatIsWrittenIsReadBack() {
        PeerWords words = new PeerWords("8hhY", "asd88fgpdd777uzjYhagZg", List.of(HOST, REFLEXIVE), true);

        assertThat(PeerWords.fromFragment(words.toFragment())).isEqualTo(words);
    }

    @Test
    void howItEncryptsIsReadBack() {
        PeerWords words = new PeerWords("8hhY", "asd88fgpdd777uzjYhagZg", List.of(HOST), true,
                new PeerWords.Dtls("sha-256 4A:AD", "passive"));

        assertThat(PeerWords.fromFragment(words.toFragment())).isEqualTo(words);
    }

    @Test
    void theEndOfCandidatesIsToldOnlyWhenThereAreNoMore() {
        PeerWords words = new PeerWords("8hhY", "asd88fgpdd777uzjYhagZg", List.of(), false);

        assertThat(words.toFragment()).doesNotContain("end-of-candidates");
        assertThat(words.with(List.of(HOST), true).toFragment()).contains(HOST).contains("a=end-of-candidates");
    }

    @Test
    void linesOfTwoPeersOfOursAreLeftOut() {
        String text = "a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=natconnector:session=1 tie=2 seq=1\r\n"
                + "m=application 9 UDP 0\r\na=mid:0\r\na=" + HOST + "\r\n";

        assertThat(PeerWords.fromFragment(text)).isEqualTo(new PeerWords("8hhY", "asd88fgpdd777uzjYhagZg", List.of(HOST), false));
    }

    @Test
    void wordsWithoutCredentialsAreNone() {
        assertThatThrownBy(() -> PeerWords.fromFragment("a=" + HOST)).isInstanceOf(NullPointerException.class).hasMessage("ufrag");
    }
}
