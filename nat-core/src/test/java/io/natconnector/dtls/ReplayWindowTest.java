package io.natconnector.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
    private final ReplayWindow window = new ReplayWindow();

    private boolean take(long sequence) {
        boolean first = window.isNew(sequence);
        if (first) {
            window.add(sequence);
        }
        return first;
    }

    @Test
    void stragglersOfAFastStreamAreTakenOnce() {
        assertThat(take(0)).isTrue();
        assertThat(take(5000)).isTrue();
        for (long sequence = 1; sequence < 5000; sequence++) {
            assertThat(take(sequence)).isTrue();
        }
        for (long sequence = 0; sequence <= 5000; sequence++) {
            assertThat(take(sequence)).as("replay of " + sequence).isFalse();
        }
    }

    @Test
    void whatIsTooOldToTellIsNotTaken() {
        take(100_000);
        assertThat(take(100_000 - ReplayWindow.WIDTH)).isFalse();
        assertThat(take(100_000 - ReplayWindow.WIDTH + 1)).isTrue();
        assertThat(take(100_000 - ReplayWindow.WIDTH + 1)).isFalse();
    }

    @Test
    void aLeapForgetsWhatLiesBehind() {
        for (long sequence = 0; sequence < 100; sequence++) {
            take(sequence);
        }
        assertThat(take(1L << 40)).isTrue();
        assertThat(take((1L << 40) - 50)).isTrue();
        assertThat(take((1L << 40) - 50)).isFalse();
        assertThat(take(99)).isFalse();
    }

    @Test
    void looksLikeASetThatForgets() {
        for (long seed = 1; seed <= 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ReplayWindow tried = new ReplayWindow();
            Set<Long> seen = new HashSet<>();
            long newest = -1;
            long base = 0;
            for (int i = 0; i < 20_000; i++) {
                base += random.nextInt(100) == 0 ? random.nextInt(20_000) : 1;
                long sequence = Math.max(0, base - random.nextInt(10_000));
                boolean expected = sequence > newest - ReplayWindow.WIDTH && !seen.contains(sequence);
                assertThat(tried.isNew(sequence)).as("seed " + seed + ", record " + sequence).isEqualTo(expected);
                if (expected) {
                    tried.add(sequence);
                    seen.add(sequence);
                    newest = Math.max(newest, sequence);
                }
            }
        }
    }
}
