package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A target for Jazzer: what a broker hands us is a letter or nothing. An ordinary build runs every file of
 * {@code EnvelopeFuzzTestInputs} once; {@code JAZZER_FUZZ=1 mvn -pl nat-signal -am test -Dtest=EnvelopeFuzzTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dtest.jvm=-Djazzer.hooks=true} looks for new ones.
 */
class EnvelopeFuzzTest {
    private static final Envelope OPEN = new OpenEnvelope("nat");
    private static final Envelope SEALED = SealedEnvelope.of("known to both", "nat");
    private static final MessageId ID = new MessageId(1, 2);

    @FuzzTest(maxDuration = "600s")
    void isALetterOrNothing(byte[] envelope) {
        Letter open = OPEN.unwrap(envelope, "bob");
        if (open != null) {
            assertThat(OPEN.unwrap(OPEN.wrap(open, "bob"), "bob")).isEqualTo(open);
        }
        assertThat(SEALED.unwrap(envelope, "bob")).as("made without the secret").isNull();
        // Who knows the secret may write what he likes inside
        Letter inside = Letter.read(ID, ByteBuffer.wrap(envelope));
        if (inside != null) {
            assertThat(inside.text().getBytes(UTF_8).length).isLessThanOrEqualTo(Letter.MAX_TEXT);
            byte[] sealed = SEALED.wrap(inside, "bob");
            assertThat(SEALED.unwrap(sealed, "bob")).isEqualTo(inside);
            assertThat(SEALED.unwrap(Arrays.copyOf(sealed, sealed.length - 1), "bob")).isNull();
        }
    }
}
