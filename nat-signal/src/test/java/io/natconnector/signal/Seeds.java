package io.natconnector.signal;

import java.util.Random;

/** Chance that can be had again: {@code -Dseed=N} with the number that was printed. */
final class Seeds {
    private Seeds() {
    }

    static Random random(Class<?> test) {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println(test.getSimpleName() + ": -Dseed=" + seed);
        return new Random(seed);
    }
}
