package io.natconnector.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import io.natconnector.ice.Candidate;
import io.natconnector.ice.IceParameters;
import io.natconnector.nat.NatMapping;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WordsTest {
    private static final String FOREIGN = """
            a=ice-ufrag:8hhY\r
            a=ice-pwd:asd88fgpdd777uzjYhagZg\r
            a=ice-lite\r
            m=audio 9 RTP/AVP 0\r
            a=mid:1\r
            a=candidate:1 1 UDP 2130706431 192.0.2.1 40000 typ host\r
            a=candidate:2 1 TCP 2130706430 192.0.2.1 9 typ host tcptype active\r
            a=end-of-candidates\r
            """;

    @Test
    void readsWhatItWrites() {
        Words words = new Words(IceParameters.random(new SplittableRandom(1)), false, true,
                List.of(Candidate.host(new InetSocketAddress("10.0.1.2", 40000), 65_535)), true,
                Optional.of(new Words.Note(-1, 7, Long.MIN_VALUE, 3, 2, true, true,
                        new Surroundings(NatMapping.SEQUENTIAL, -2, Map.of(InetAddresses.forString("203.0.113.5"), 25_000_000L)),
                        new Meeting(2, new InetSocketAddress("198.51.100.1", 4000), true), false)));

        assertThat(Words.parse(words.text())).isEqualTo(words);
    }

    @Test
    void readsTheWordsOfAForeignPeer() {
        Words words = Words.parse(FOREIGN);

        assertThat(words.ice().ufrag()).isEqualTo("8hhY");
        assertThat(words.lite()).isTrue();
        assertThat(words.renominates()).isFalse();
        assertThat(words.complete()).isTrue();
        assertThat(words.candidates()).hasSize(1);
        assertThat(words.note()).isEmpty();
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> Words.parse("hello")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a=ice-ufrag");
        assertThatThrownBy(() -> Words.parse("a=ice-ufrag:8hhY\r\na=ice-pwd:short")).hasMessageContaining("22 to 256");
        assertThatThrownBy(() -> Words.parse(FOREIGN + "a=natconnector:session=zz\r\n")).hasMessageContaining("session=");
    }

    @Test
    void aFloodOfCandidatesIsCut() {
        StringBuilder text = new StringBuilder(FOREIGN);
        for (int i = 1; i < 500; i++) {
            text.append("a=candidate:1 1 udp ").append(i).append(" 192.0.2.1 ").append(i).append(" typ host\r\n");
        }
        assertThat(Words.parse(text.toString()).candidates()).hasSize(100);
        assertThatThrownBy(() -> Words.parse(text.toString().repeat(10))).hasMessageContaining("at most");
    }

    @Test
    void randomChangesNeverEndInAnythingButWordsOrARefusal() {
        long seed = Long.getLong("nat.seed", 42);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(FOREIGN + "a=natconnector:session=1 peer=0 tie=f seq=1 ack=0 answer=1\r\n");
            for (int j = random.nextInt(1, 6); j > 0; j--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(1, 128));
            }
            try {
                Words.parse(text.toString());
            } catch (IllegalArgumentException expected) {
                assertThat(expected.getMessage()).as("seed " + seed).isNotBlank();
            }
        }
    }
}
