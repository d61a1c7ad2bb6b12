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
    /**
     * For asking a server for our address: 0, 100, 300, 700, 1500, 3100, 6300, given up at 7900 ms.
     *
     * <p>RFC 8489, section 6.2.1 says that the first RTO SHOULD be 500 ms or more, for links of which nothing is known. A
     * lost first request then costs half a second of every connection's set-up; here it costs a tenth. On a path with a longer
     * round trip than 100 ms it costs one or two spare requests of 28 bytes to a server that keeps no state: the number of sendings
     * and the doubling, which guard the network against congestion, are the RFC's.
     */
    public static final Retransmission GATHERING = doubling(MILLISECONDS.toNanos(100), 7, 16);

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

    /**
     * Often at first, then ever more seldom: for connectivity checks through NATs, the first of which are eaten by the other side's
     * NAT as long as ours has not passed it. {@code burst(20 ms, 1 s, 8 s)} is 0, 20, 60, 140, 300, 620, 1260, 2260, 3260 ... ms.
     *
     * <p>RFC 8445, section 14.3 wants 500 ms at least between sendings; with it, a pair whose first check was eaten is half a
     * second late. The doubling reaches RFC 8445's pace after six sendings of some hundred bytes.
     *
     * @param first the first interval, doubled each time
     * @param longest what the intervals grow to; also how long at least the last sending is waited for
     * @param giveUp when the request is given up
     */
    public static Retransmission burst(long first, long longest, long giveUp) {
        if (first <= 0 || longest < first || giveUp < longest) {
            throw new IllegalArgumentException("0 < first <= longest <= giveUp, not " + first + ", " + longest + ", " + giveUp);
        }
        long[] offsets = new long[8];
        int count = 1;
        long interval = first;
        for (long at = first; at <= giveUp - longest; at += interval) {
            offsets = count < offsets.length ? offsets : Arrays.copyOf(offsets, 2 * count);
            offsets[count++] = at;
            interval = Math.min(2 * interval, longest);
        }
        return of(giveUp, Arrays.copyOf(offsets, count));
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

    /** How many sendings should have been done {@code elapsed} after the first, which counts: 1 to {@link #count()}. */
    int dueBy(long elapsed) {
        int sendings = 1;
        while (sendings < offsets.length && offsets[sendings] <= elapsed) {
            sendings++;
        }
        return sendings;
    }
}
