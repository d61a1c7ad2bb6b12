package io.natconnector.ice;

import java.net.InetSocketAddress;

/**
 * A pair of candidates that data may go over.
 *
 * @param local our address as the peer sees it; its base is where to send from
 * @param remote the peer's
 * @param roundTrip the newest measured round trip in nanoseconds
 * @param mtu the longest datagram that is known to pass, in bytes of UDP payload; 1240 until longer ones have been tried
 */
public record IcePath(Candidate local, Candidate remote, long roundTrip, int mtu) {
    /** The local address that datagrams leave from: a socket's, or a relayed one. */
    public InetSocketAddress from() {
        return local.base();
    }

    public InetSocketAddress to() {
        return remote.address();
    }

    /** Whether a relay is in it, at either end. */
    public boolean isRelayed() {
        return local.type() == CandidateType.RELAYED || remote.type() == CandidateType.RELAYED;
    }

    /** Whether data goes the same way, whatever its newest round trip is. */
    public boolean isSameWay(IcePath other) {
        return other != null && from().equals(other.from()) && to().equals(other.to());
    }

    @Override
    public String toString() {
        return local + " -> " + remote;
    }
}
