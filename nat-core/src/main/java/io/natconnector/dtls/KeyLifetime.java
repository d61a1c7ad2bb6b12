package io.natconnector.dtls;

import static java.util.concurrent.TimeUnit.HOURS;

/**
 * How long a key is used before both sides agree on another one.
 *
 * @param records sealed or opened by one key; 2^24.5 are safe with AES-GCM (RFC 8446, section 5.5)
 * @param forgeries that a key has been tried with; 2^36 are safe (RFC 9147, section 4.5.3)
 * @param age nanoseconds, up to {@code Long.MAX_VALUE / 2}
 */
public record KeyLifetime(long records, long forgeries, long age) {
    /** A minute of the fastest streams, four hours of others: what was recorded before can't be read by who steals a later key. */
    public static final KeyLifetime DEFAULT = new KeyLifetime(1L << 23, 1L << 35, HOURS.toNanos(4));
    /** For a peer that can't agree on another key: DTLS 1.2 itself has no way that is safe and common. */
    public static final KeyLifetime ENDLESS = new KeyLifetime(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE / 2);

    public KeyLifetime {
        if (records <= 0 || forgeries <= 0 || age <= 0 || age > Long.MAX_VALUE / 2) {
            throw new IllegalArgumentException("a lifetime is above zero, and no longer than 146 years");
        }
    }

    boolean isEndless() {
        return equals(ENDLESS);
    }
}
