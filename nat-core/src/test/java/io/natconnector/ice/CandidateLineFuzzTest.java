package io.natconnector.ice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;

/** A target for Jazzer: a candidate's line is read, passed over or refused, and reads as it was written. */
class CandidateLineFuzzTest {
    @FuzzTest(maxDuration = "600s")
    void readsOrRefuses(byte[] line) {
        Optional<Candidate> candidate;
        try {
            candidate = CandidateLine.parse(new String(line, UTF_8));
        } catch (IllegalArgumentException e) {
            return;                                            // the one way to say no
        }
        candidate.ifPresent(it -> {
            assertThat(it.address().isUnresolved()).as("nothing is looked up").isFalse();
            assertThat(CandidateLine.parse(CandidateLine.write(it))).hasValue(it);
        });
    }
}
