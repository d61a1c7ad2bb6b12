package io.natconnector.natpeer.talk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputTest {
    @Test
    void eachLineIsADatagramWithItsEnd() throws IOException {
        assertThat(datagrams("one\n\ntwo\nthree", false)).containsExactly("one\n", "\n", "two\n", "three");
    }

    @Test
    void aLineThatDoesNotFitGoesInSeveral() throws IOException {
        String line = "x".repeat(Input.MAX_DATAGRAM + 5) + "\n";

        assertThat(datagrams(line, false)).containsExactly("x".repeat(Input.MAX_DATAGRAM), "xxxxx\n");
    }

    @Test
    void blocksAreDatagramsAsTheyCome() throws IOException {
        assertThat(datagrams("y".repeat(Input.MAX_DATAGRAM + 1), true)).extracting(String::length)
                .containsExactly(Input.MAX_DATAGRAM, 1);
    }

    @Test
    void noInputIsNoDatagram() throws IOException {
        assertThat(datagrams("", false)).isEmpty();
        assertThat(datagrams("", true)).isEmpty();
    }

    private static List<String> datagrams(String text, boolean raw) throws IOException {
        List<String> datagrams = new ArrayList<>();
        new Input(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), raw)
                .forEach(datagram -> datagrams.add(new String(datagram, StandardCharsets.UTF_8)));
        return datagrams;
    }
}
