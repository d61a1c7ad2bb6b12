package io.natconnector.dtls;

import java.security.SecureRandom;
import java.util.SplittableRandom;

/** Secure in name only: the same for each run with a seed. */
public final class SeededSecureRandom extends SecureRandom {
    private static final long serialVersionUID = 1;
    private transient SplittableRandom source;
    private final long seed;

    public SeededSecureRandom(long seed) {
        this.seed = seed;
    }

    @Override
    public synchronized void nextBytes(byte[] bytes) {
        if (source == null) {
            source = new SplittableRandom(seed);
        }
        source.nextBytes(bytes);
    }
}
