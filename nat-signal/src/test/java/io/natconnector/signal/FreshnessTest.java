package io.natconnector.signal;

import static io.natconnector.signal.Freshness.Verdict.FRESH;
import static io.natconnector.signal.Freshness.Verdict.REPLAYED;
import static io.natconnector.signal.Freshness.Verdict.STALE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final long START = 1_700_000_000_000L;
    private static final long VALIDITY = 60_000;
    private static final long SKEW = 30_000;

    private final Freshness freshness = new Freshness(VALIDITY, SKEW, 100, START - 1_000_000);
    private long ids;

    @Test
    void takesALetterOnce() {
        Letter letter = at(START);
        assertThat(freshness.judge(letter, START + 5)).isEqualTo(FRESH);
        assertThat(freshness.judge(letter, START + 6)).isEqualTo(REPLAYED);
        assertThat(freshness.judge(letter, START + VALIDITY + SKEW)).isEqualTo(REPLAYED);
        assertThat(freshness.judge(letter, START + VALIDITY + SKEW + 1)).isEqualTo(STALE);
    }

    @Test
    void takesALetterUntilItExpiresByTheSlowestClock() {
        assertThat(freshness.judge(at(START), START + VALIDITY + SKEW)).isEqualTo(FRESH);
        assertThat(freshness.judge(at(START), START + VALIDITY + SKEW + 1)).isEqualTo(STALE);
    }

    @Test
    void takesALetterFromAsFarInTheFutureAsClocksMayDiffer() {
        assertThat(freshness.judge(at(START + SKEW), START)).isEqualTo(FRESH);
        assertThat(freshness.judge(at(START + SKEW + 1), START)).isEqualTo(STALE);
    }

    @Test
    void refusesWhatWasWrittenBeforeItListened() {
        Freshness restarted = new Freshness(VALIDITY, SKEW, 100, START);
        assertThat(restarted.judge(at(START - SKEW), START)).isEqualTo(FRESH);
        assertThat(restarted.judge(at(START - SKEW - 1), START)).isEqualTo(STALE);
    }

    @Test
    void forgetsWhatCanNotComeAgain() {
        for (int i = 0; i < 50; i++) {
            freshness.judge(at(START), START);
        }
        assertThat(freshness.size()).isEqualTo(50);
        freshness.judge(at(START + VALIDITY + SKEW + 1), START + VALIDITY + SKEW + 1);
        assertThat(freshness.size()).isEqualTo(1);
    }

    @Test
    void remembersABoundedNumberAndRefusesWhatItMayHaveForgotten() {
        List<Letter> letters = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            letters.add(at(START + i));
            assertThat(freshness.judge(letters.get(i), START + i)).isEqualTo(FRESH);
        }
        assertThat(freshness.size()).isEqualTo(100);
        for (int i = 0; i < 150; i++) {
            assertThat(freshness.judge(letters.get(i), START + 150)).as("letter %d again", i).isIn(STALE, REPLAYED);
        }
    }

    @Test
    void letsNoLetterThroughTwiceWhateverHappens() {
        Random random = Seeds.random(FreshnessTest.class);
        List<Letter> all = new ArrayList<>();
        List<Letter> taken = new ArrayList<>();
        long now = START;
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(-500, 1000);                 // clocks are set back, too
            boolean again = !all.isEmpty() && random.nextBoolean();
            Letter letter = again ? all.get(random.nextInt(all.size())) : at(now + random.nextLong(-VALIDITY, SKEW));
            all.add(letter);
            if (freshness.judge(letter, now) == FRESH) {
                taken.add(letter);
            }
        }
        assertThat(taken).doesNotHaveDuplicates().hasSizeGreaterThan(100);
    }

    private Letter at(long time) {
        return new Letter(new MessageId(7, ids++), time, "alice", "");
    }
}
