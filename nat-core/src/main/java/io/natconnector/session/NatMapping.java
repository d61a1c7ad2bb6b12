package io.natconnector.session;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What our NAT makes of one local port towards several destinations (RFC 4787, section 4.1), as STUN servers see it. */
public enum NatMapping {
    /** Fewer than two servers have answered. */
    UNKNOWN("is not known"),
    /** The same external port for all: a peer can be told where to send to. There may be no NAT at all. */
    INDEPENDENT("shows everybody the same port, or there is none"),
    /** Another port for each destination, and the next one can be guessed. */
    SEQUENTIAL("shows each destination the next port"),
    /** Another port for each destination, any. */
    RANDOM("shows each destination another, random port");

    private final String meaning;

    NatMapping(String meaning) {
        this.meaning = meaning;
    }

    /** For people. */
    public String meaning() {
        return meaning;
    }

    /** Whether a peer sees another port than servers do. */
    public boolean dependsOnDestination() {
        return this == SEQUENTIAL || this == RANDOM;
    }

    /** How far apart ports may be that were given out one after the other, with others' in between. */
    private static final int NEAR = 16;

    /**
     * How far from one port to the next where they follow each other: the nearest two were given out one after the other.
     *
     * @param seen one answer from each server, in the order in which they were asked
     */
    static int stride(List<InetSocketAddress> seen) {
        int nearest = 0;
        for (int i = 1; i < seen.size(); i++) {
            int step = seen.get(i).getPort() - seen.get(i - 1).getPort();
            nearest = step != 0 && (nearest == 0 || Math.abs(step) < Math.abs(nearest)) ? step : nearest;
        }
        return nearest == 0 || Math.abs(nearest) > NEAR ? 1 : nearest;
    }

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
