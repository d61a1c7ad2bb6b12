package io.natconnector.stun;

import static io.natconnector.stun.Bytes.address;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real server really sends. */
class CapturedAnswersTest {
    private static final Set<String> SIGNED = Set.of("allocate-success", "create-permission-success",
            "create-permission-forbidden", "channel-bind-success", "refresh-success");

    private final Map<String, StunMessage> answers = new HashMap<>();

    @BeforeEach
    void read() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                getClass().getResourceAsStream("coturn-4.6.1.hex"), StandardCharsets.US_ASCII))) {
            lines.lines().filter(line -> !line.startsWith("#")).map(line -> line.split(" "))
                    .forEach(cells -> answers.put(cells[0], StunMessage.parse(Bytes.buffer(cells[1]))));
        }
        assertThat(answers).hasSize(12);
    }

    @Test
    void bindingAnswersTellTheAddress() {
        StunMessage binding = answers.get("binding");
        assertThat(binding.is(StunMethod.BINDING, StunClass.SUCCESS)).isTrue();
        assertThat(binding.get(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(address("127.0.0.1", 40000));
        assertThat(binding.get(StunAttribute.MAPPED_ADDRESS)).isEqualTo(address("127.0.0.1", 40000));
        assertThat(binding.get(StunAttribute.RESPONSE_ORIGIN)).isEqualTo(address("127.0.0.1", 3478));
        assertThat(binding.get(StunAttribute.OTHER_ADDRESS)).isEqualTo(address("127.0.0.1", 3479));
        assertThat(binding.hasFingerprint()).isFalse();
        assertThat(answers.get("binding-fingerprint").hasFingerprint()).isTrue();
        assertThat(answers.get("binding-ipv6").get(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(address("::1", 40001));
    }

    @Test
    void errorsTellWhatIsWrong() {
        StunMessage unknown = answers.get("binding-unknown-attribute");
        assertThat(unknown.get(StunAttribute.ERROR_CODE)).isEqualTo(new ErrorCode(420, "Unknown Attribute"));
        assertThat(unknown.get(StunAttribute.UNKNOWN_ATTRIBUTES)).contains(0x7FFE);
        assertThat(answers.get("create-permission-forbidden").get(StunAttribute.ERROR_CODE).code()).isEqualTo(403);
        assertThat(answers.get("allocate-mismatch").get(StunAttribute.ERROR_CODE).code()).isEqualTo(437);
    }

    @Test
    void challengesAreAnsweredWithTheKeyThatTheServerSignsWith() {
        LongTermCredential credential = new LongTermCredential("alice", "secret");
        LongTermCredential.Attempt attempt = credential.challenge(
                answers.get("allocate-unauthenticated"), LongTermCredential.Attempt.BARE);
        assertThat(attempt).isEqualTo(LongTermCredential.Attempt.SIGNED);
        Set<String> believed = new TreeSet<>();
        answers.forEach((name, answer) -> {
            if (credential.verify(answer, attempt)) {
                believed.add(name);
            }
        });
        Set<String> expected = new TreeSet<>(SIGNED);
        expected.add("allocate-unauthenticated");              // challenges may come without integrity
        expected.add("refresh-stale-nonce");
        assertThat(believed).isEqualTo(expected);
        assertThat(credential.challenge(answers.get("refresh-stale-nonce"), attempt))
                .isEqualTo(LongTermCredential.Attempt.RENEWED);
    }

    @Test
    void allocationsTellRelayedAddressAndLifetime() {
        StunMessage allocated = answers.get("allocate-success");
        assertThat(allocated.get(StunAttribute.XOR_RELAYED_ADDRESS).getHostString()).isEqualTo("198.51.100.1");
        assertThat(allocated.get(StunAttribute.LIFETIME)).isEqualTo(600);
        assertThat(answers.get("refresh-success").get(StunAttribute.LIFETIME)).isZero();
    }

    @Test
    void noAnswerHasAnAttributeThatWeMustKnowAndDoNot() {
        answers.forEach((name, answer) -> {
            assertThat(answer.unknownRequired()).as(name).isEmpty();
            assertThat(answer.get(StunAttribute.SOFTWARE)).as(name).isEqualTo("Coturn-4.6.1 'Gorst'");
        });
    }
}
