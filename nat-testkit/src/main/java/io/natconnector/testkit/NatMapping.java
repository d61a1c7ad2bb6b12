package io.natconnector.testkit;

import java.net.InetSocketAddress;
import java.util.Comparator;

/**
 * A mapping of a NAT.
 *
 * @param inside the endpoint inside
 * @param outside the endpoint that remotes see
 * @param expires when it ends if nothing refreshes it, in nanoseconds of virtual time
 */
public record NatMapping(InetSocketAddress inside, InetSocketAddress outside, long expires) {
    static final Comparator<NatMapping> BY_OUTSIDE = Comparator
            .<NatMapping, String>comparing(mapping -> mapping.outside.getAddress().getHostAddress())
            .thenComparingInt(mapping -> mapping.outside.getPort());

    @Override
    public String toString() {
        return Addresses.text(outside) + " = " + Addresses.text(inside);
    }
}
