package io.natconnector;

import java.time.Duration;

/**
 * How much of a driver strangers can hold by connecting.
 *
 * @param total connections that were accepted, at a time
 * @param perNetwork those of one IPv4 address, or of one IPv6 /64
 * @param patience how long a message may take from its beginning to its end, and the first one from the connection on
 */
record ConnectionLimits(int total, int perNetwork, Duration patience) {
    /** As many descriptors as most systems let a process have; as many in one place as there may be people behind one NAT. */
    static final ConnectionLimits USUAL = new ConnectionLimits(10_000, 200, Duration.ofSeconds(15));
}
