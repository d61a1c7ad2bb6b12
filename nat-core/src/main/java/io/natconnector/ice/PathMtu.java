package io.natconnector.ice;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a datagram may be over a path, as far as padded checks of that size have come back padded (the idea of RFC 8899, with
 * checks for probes). Sizes are those of UDP payloads in bytes, the frame of a relay not counted.
 *
 * <p>The usual sizes are tried once the path is chosen, all at once; a bigger one when the application has one to send.
 */
final class PathMtu {
    /** What every path is taken to pass: 1200 bytes of the application's (RFC 8899, section 5.1.2), encrypted. */
    static final int BASE = 1_240;
    /** What fits into a datagram of UDP over IPv4, as far as STUN can fill it. */
    static final int MOST = 65_504;
    /** MTUs of 1280 (IPv6's least), 1420 (tunnels), 1500 (Ethernet), less the headers of UDP and IPv6; IPv4 has 20 bytes more. */
    private static final int[] USUAL = {1_232, 1_372, 1_452};
    private static final int IPV4_MORE = 20;
    /** The frame of a Send indication (RFC 8656, section 10), and what TCP and TLS add on the way to the relay. */
    private static final int RELAY_LESS = 72;
    private static final int ATTEMPTS = 3;
    private static final long CONFIRM = SECONDS.toNanos(5);
    private static final long ASK_AGAIN = SECONDS.toNanos(30);

    private final List<Integer> trying = new ArrayList<>();
    private int proven = BASE;
    private int refused = MOST + 1;
    private int attempts;
    private final int usualMore;
    private boolean begun;
    private boolean confirming;
    private long confirmedAt;
    private long refusedAt;
    private long at = Machine.NEVER;

    PathMtu(boolean ipv6, boolean relayed) {
        this.usualMore = (ipv6 ? 0 : IPV4_MORE) - (relayed ? RELAY_LESS : 0);
    }

    /** The biggest that has come back. */
    int proven() {
        return proven;
    }

    /** Whether so big a one has been tried, lately and in vain. */
    boolean isRefused(int size, long now) {
        return size >= refused && now - refusedAt < ASK_AGAIN;
    }

    boolean isTrying() {
        return !trying.isEmpty();
    }

    /** The path is in use: tries the usual sizes, once. */
    void begin(long now) {
        if (!begun) {
            begun = true;
            for (int size : USUAL) {
                if (size + usualMore > BASE) {
                    trying.add(size + usualMore);
                }
            }
            attempts = 0;
            at = now;
        }
    }

    /** The application has a datagram of that size to send. Does nothing if it is known what becomes of it. */
    void want(int size, long now) {
        int rounded = Math.min(MOST, size + 3 & ~3);            // STUN's attributes end at multiples of four
        if (size > proven && !isRefused(size, now) && !trying.contains(rounded)
                && trying.stream().noneMatch(other -> other >= size)) {
            refused = size >= refused ? MOST + 1 : refused;
            trying.add(rounded);
            attempts = 0;
            at = now;
        }
    }

    /** A datagram beyond {@link #BASE} leaves: is it still true that it passes? Asks every now and then. */
    void used(long now) {
        if (trying.isEmpty() && now - confirmedAt >= CONFIRM) {
            confirming = true;
            trying.add(proven);
            attempts = 0;
            at = now;
        }
    }

    /** The sizes to send padded checks of now. */
    List<Integer> due(long patience, long now) {
        if (now < at) {
            return List.of();
        }
        if (attempts == ATTEMPTS) {
            giveUp(now);
            return List.of();
        }
        attempts++;
        at = now + patience;
        return List.copyOf(trying);
    }

    private void giveUp(long now) {
        at = Machine.NEVER;
        refused = trying.stream().mapToInt(Integer::intValue).min().orElse(MOST + 1);
        refusedAt = now;
        trying.clear();
        if (confirming) {
            confirming = false;
            proven = BASE;
            refused = MOST + 1;
            begun = false;
            begin(now);
        }
    }

    /** A padded check of that size has come back. */
    void answered(int size, long now) {
        confirmedAt = now;
        confirming = false;
        proven = Math.max(proven, size);
        trying.removeIf(other -> other <= size);
        if (trying.isEmpty()) {
            at = Machine.NEVER;
        }
    }

    /** When {@link #due} has something. */
    long nextTimeout() {
        return at;
    }
}
