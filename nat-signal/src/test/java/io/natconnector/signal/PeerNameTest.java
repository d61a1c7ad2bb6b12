package io.natconnector.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerNameTest {
    @Test
    void writesNamesWithSafeCharactersOnly() {
        assertThat(PeerName.encoded("bob-1_x")).isEqualTo("bob-1_x");
        assertThat(PeerName.encoded("../Bob")).isEqualTo("%2e%2e%2f%42ob");
        assertThat(PeerName.encoded("é")).isEqualTo("%c3%a9");
        assertThat(PeerName.encoded("%")).isEqualTo("%25");
    }

    @Test
    void keepsDifferentNamesDifferent() {
        Random random = Seeds.random(PeerNameTest.class);
        for (int i = 0; i < 10_000; i++) {
            String name = random.ints(random.nextInt(1, 20), 0, 0xD800)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
            assertThat(PeerName.encoded(name)).matches("[a-z0-9_%-]+");
            assertThat(URLDecoder.decode(PeerName.encoded(name), StandardCharsets.UTF_8)).isEqualTo(name);
        }
    }

    @Test
    void refusesWhatIsNoName() {
        for (String name : new String[] {"", "\ud800", "x".repeat(256), "é".repeat(128)}) {
            assertThatThrownBy(() -> PeerName.utf8(name))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 to 255");
        }
        assertThat(PeerName.utf8("x".repeat(255))).hasSize(255);
    }
}
