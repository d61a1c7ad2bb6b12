package io.natconnector.signal;

import java.util.Random;

/** Chance that can be had again: {@code -Dseed=N} with the number that was printed. */
final class Seeds {
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    static {
        System.out.println("nat-signal: -Dseed=" + SEED);
    }

    private Seeds() {
    }

    /** The same for a class in each run with the same seed. */
    static Random random(Class<?> test) {
        return new Random(SEED + test.getName().hashCode());
    }
}
