package io.natconnector.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is compared must be comparable. */
class CodecTest {
    private static final int FINGERPRINT_LENGTH = 8;

    @Test
    void bothCodecsWriteTheSameBytes() {
        try (Codec ours = Codec.of("natconnector"); Codec theirs = Codec.of("ice4j")) {
            assertThat(ours.check()).hasSize(92).isEqualTo(theirs.check());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"natconnector", "ice4j"})
    void aCheckIsAccepted(String name) {
        try (Codec codec = Codec.of(name)) {
            codec.use(codec.check());

            assertThat(codec.verify()).isTrue();
            assertThat(codec.inbound()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"natconnector", "ice4j"})
    void aForgedCheckIsNotVerified(String name) {
        try (Codec codec = Codec.of(name)) {
            byte[] check = codec.check();
            byte[] forged = Arrays.copyOf(check, check.length - FINGERPRINT_LENGTH);
            forged[3] -= FINGERPRINT_LENGTH;
            forged[forged.length - 1] ^= 1;                   // the last byte of MESSAGE-INTEGRITY
            codec.use(forged);

            assertThat(codec.verify()).isFalse();
            assertThat(codec.inbound()).isFalse();
        }
    }
}
