package io.natconnector.session;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** What our NAT makes of one local port towards several destinations (RFC 4787, section 4.1), as STUN servers see it. */
public enum NatMapping {
    /** Fewer than two servers have answered. */
    UNKNOWN,
    /** The same external port for all: a peer can be told where to send to. There may be no NAT at all. */
    INDEPENDENT,
    /** Another port for each destination, and the next one can be guessed. */
    SEQUENTIAL,
    /** Another port for each destination, any. */
    RANDOM;

    /** How far apart ports may be that were given out one after the other, with others' in between. */
    private static final int NEAR = 16;

    /** @param seen one answer from each server */
    static NatMapping of(Collection<InetSocketAddress> seen) {
        if (seen.size() < 2) {
            return UNKNOWN;
        }
        Set<InetSocketAddress> different = new HashSet<>(seen);
        if (different.size() == 1) {
            return INDEPENDENT;
        }
        int lowest = different.stream().mapToInt(InetSocketAddress::getPort).min().getAsInt();
        int highest = different.stream().mapToInt(InetSocketAddress::getPort).max().getAsInt();
        boolean oneAddress = different.stream().map(InetSocketAddress::getAddress).distinct().count() == 1;
        return oneAddress && highest - lowest <= NEAR * (different.size() - 1) ? SEQUENTIAL : RANDOM;
    }
}
