package io.natconnector.dtls;

import java.util.Arrays;

/**
 * Which records have been here (RFC 6347, section 4.1.2.6). Wide, as a fast stream goes on over another path before the stragglers
 * of the old one are in: 40 ms at 200,000 records a second.
 */
final class ReplayWindow {
    static final int WIDTH = 8192;

    private final long[] seen = new long[WIDTH / Long.SIZE];
    private long newest = -1;

    /** Whether a record of this number was not here, and is not too old to tell. */
    boolean isNew(long sequence) {
        return sequence > newest || newest - sequence < WIDTH && (seen[word(sequence)] & bit(sequence)) == 0;
    }

    /** It has been authenticated. */
    void add(long sequence) {
        if (sequence - newest >= WIDTH) {
            Arrays.fill(seen, 0);
        } else {
            for (long passed = newest + 1; passed <= sequence; passed++) {
                seen[word(passed)] &= ~bit(passed);
            }
        }
        newest = Math.max(newest, sequence);
        seen[word(sequence)] |= bit(sequence);
    }

    private static int word(long sequence) {
        return (int) (sequence & WIDTH - 1) >> 6;
    }

    private static long bit(long sequence) {
        return 1L << sequence;
    }
}
