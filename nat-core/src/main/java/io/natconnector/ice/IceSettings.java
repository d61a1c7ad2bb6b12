package io.natconnector.ice;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Retransmission;

/**
 * The numbers that an agent works by. Durations are nanoseconds.
 *
 * @param pacing least time between two ordinary checks of an agent: Ta of RFC 8445, section 14.2, which allows 5 ms at least.
 *     Triggered and nominating checks don't wait for it
 * @param schedule when a check without an answer is repeated, and when its pair is given up
 * @param maxPairs RFC 8445, section 6.1.2.5 recommends 100
 * @param consentInterval mean time between checks of the selected pair (RFC 7675, section 5.1: 5 s, randomised by 20 %)
 * @param consentTimeout how long a pair stays usable without an answer (RFC 7675, section 5.1: 30 s)
 * @param keepAliveInterval mean time between checks of other valid pairs, which keep their NAT bindings open (RFC 8445, section 11:
 *     15 s at least)
 */
public record IceSettings(long pacing, Retransmission schedule, int maxPairs, long consentInterval, long consentTimeout,
        long keepAliveInterval) {
    /**
     * RFC 8445, section 14.3 asks for an RTO of 500 ms at least. We start at 20 ms and double, because the first check is the one
     * that the other NAT eats, and a second one costs 100 bytes. The sum stays below what an RTO of 500 ms with seven sendings
     * over 39.5 s puts on the wire three times, and pacing bounds the rate.
     */
    private static final Retransmission BURST = Retransmission.of(MILLISECONDS.toNanos(10_240),
            0, ms(20), ms(40), ms(80), ms(160), ms(320), ms(640), ms(1280), ms(2560), ms(5120));

    public static final IceSettings DEFAULT =
            new IceSettings(MILLISECONDS.toNanos(5), BURST, 100, SECONDS.toNanos(5), SECONDS.toNanos(30), SECONDS.toNanos(15));

    public IceSettings {
        if (pacing < MILLISECONDS.toNanos(5)) {
            throw new IllegalArgumentException("pacing must be 5 ms at least (RFC 8445, section 14.2), not " + pacing + " ns");
        }
        if (maxPairs < 1) {
            throw new IllegalArgumentException("maxPairs must be 1 at least, not " + maxPairs);
        }
    }

    private static long ms(long milliseconds) {
        return MILLISECONDS.toNanos(milliseconds);
    }
}
