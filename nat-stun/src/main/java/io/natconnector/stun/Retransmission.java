package io.natconnector.stun;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.Arrays;

/**
 * When a request is sent again and when it is given up, as a value. Offsets are nanoseconds from the first sending.
 *
 * <p>Immutable; shared by all transactions of a kind.
 */
public final class Retransmission {
    /** RFC 8489, section 6.2.1: RTO 500 ms, Rc 7, Rm 16: 0, 500, 1500, 3500, 7500, 15500, 31500, given up at 39500 ms. */
    public static final Retransmission STANDARD = doubling(MILLISECONDS.toNanos(500), 7, 16);
    /** RFC 8489, section 6.2.2: over a reliable transport once, given up after Ti = 39.5 s. */
    public static final Retransmission RELIABLE = of(MILLISECONDS.toNanos(39_500), 0);

    private final long[] offsets;
    private final long giveUp;

    private Retransmission(long[] offsets, long giveUp) {
        this.offsets = offsets;
        this.giveUp = giveUp;
    }

    /** Sent at exactly these offsets (rising, the first is 0), given up at {@code giveUp}. */
    public static Retransmission of(long giveUp, long... offsets) {
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] < 0 || offsets[i] >= giveUp || (i == 0 ? offsets[0] != 0 : offsets[i] <= offsets[i - 1])) {
                throw new IllegalArgumentException("offsets must rise from 0 to below " + giveUp + ": " + Arrays.toString(offsets));
            }
        }
        if (offsets.length == 0) {
            throw new IllegalArgumentException("a request is sent at least once");
        }
        return new Retransmission(offsets.clone(), giveUp);
    }

    /**
     * The schedule of RFC 8489, section 6.2.1.
     *
     * @param rto the first interval, doubled each time
     * @param rc how often the request is sent
     * @param rm how many RTOs to wait after the last sending
     */
    public static Retransmission doubling(long rto, int rc, int rm) {
        long[] offsets = new long[rc];
        for (int i = 1; i < rc; i++) {
            offsets[i] = offsets[i - 1] + (rto << i - 1);
        }
        return of(offsets[rc - 1] + rm * rto, offsets);
    }

    /** How often the request is sent in all. */
    public int count() {
        return offsets.length;
    }

    /**
     * When the next step is due for a request first sent at {@code start} and sent {@code sent} times: another sending while
     * {@code sent < count()}, else the end.
     */
    public long due(long start, int sent) {
        return start + (sent < offsets.length ? offsets[sent] : giveUp);
    }
}
