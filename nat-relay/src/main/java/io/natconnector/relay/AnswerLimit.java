package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.InetAddress;
import java.util.random.RandomGenerator;

/**
 * How many answers per second a source that has not proven itself gets, so that a forged source is not worth the trouble. The
 * table is of a fixed size, whoever asks; the port does not count, as it costs nothing to change; and a whole IPv6 /64 is one
 * source, as it is one subscriber's. Sources that fall on one row share it.
 */
final class AnswerLimit {
    private static final int ROWS = 4096;

    /** Each row: when the answers given so far are paid for (the generic cell rate algorithm). */
    private final long[] paidAt = new long[ROWS];
    private final long interval;
    private final long burst;
    private final long secret;

    /**
     * @param perSecond answers a second and at once; 0 for no limit
     * @param random so that nobody can choose whose row to exhaust
     */
    AnswerLimit(int perSecond, RandomGenerator random) {
        this.interval = perSecond == 0 ? 0 : SECONDS.toNanos(1) / perSecond;
        this.burst = interval * Math.max(0, perSecond - 1);
        this.secret = random.nextLong() | 1;
    }

    /**
     * Takes one answer's worth. Loopback is not limited: a datagram that says it is from there has not come over a network, as
     * every kernel drops those.
     */
    boolean admits(InetAddress source, long now) {
        if (interval == 0 || source.isLoopbackAddress()) {
            return true;
        }
        int row = row(source);
        long paid = Math.max(paidAt[row], now);
        if (paid - now > burst) {
            return false;
        }
        paidAt[row] = paid + interval;
        return true;
    }

    private int row(InetAddress source) {
        long hash = NetworkKey.of(source) * secret;
        hash = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 52);
    }
}
