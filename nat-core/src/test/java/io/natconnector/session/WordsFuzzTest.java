package io.natconnector.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * A target for Jazzer: words from a peer, or whoever may write to us, are read or refused. An ordinary build runs every file of
 * {@code WordsFuzzTestInputs} once; {@code JAZZER_FUZZ=1 mvn -pl nat-core -am test -Dtest=WordsFuzzTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dtest.jvm=-Djazzer.hooks=true} looks for new ones.
 */
class WordsFuzzTest {
    @FuzzTest(maxDuration = "600s")
    void readsOrRefuses(byte[] text) {
        Words words;
        try {
            words = Words.parse(new String(text, UTF_8));
        } catch (IllegalArgumentException e) {
            return;                                            // the one way to say no
        }
        assertThat(words.candidates()).hasSizeLessThanOrEqualTo(100);
        String written = WordsText.write(words);
        assertThat(WordsText.write(Words.parse(written))).as("what we write of it, read").isEqualTo(written);
    }
}
