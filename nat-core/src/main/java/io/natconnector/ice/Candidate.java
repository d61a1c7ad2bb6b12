package io.natconnector.ice;

import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * An address that a peer may be reached at, and how it is known (RFC 8445, section 5.1).
 *
 * @param foundation same for candidates that are likely to work or fail alike (section 5.1.1.3)
 * @param priority 1 to 2<sup>31</sup>-1, more is better
 * @param address where to send to
 * @param type how it was found
 * @param base for a local candidate, the address that is sent from; for a remote one its related address, or {@code null}
 */
public record Candidate(String foundation, long priority, InetSocketAddress address, CandidateType type, InetSocketAddress base) {
    public Candidate {
        Objects.requireNonNull(foundation, "foundation");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(type, "type");
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("a candidate needs an IP address, not the name " + address.getHostString());
        }
    }

    /** A local address of our own. */
    public static Candidate host(InetSocketAddress address, int localPreference) {
        return local(CandidateType.HOST, address, address, null, localPreference);
    }

    /** Our address as a STUN server sees it. */
    public static Candidate serverReflexive(
            InetSocketAddress mapped, InetSocketAddress base, InetSocketAddress server, int localPreference) {
        return local(CandidateType.SERVER_REFLEXIVE, mapped, base, server, localPreference);
    }

    /** An address at a relay; it is its own base (RFC 8445, section 5.1.1.2). */
    public static Candidate relayed(InetSocketAddress relayed, InetSocketAddress server, int localPreference) {
        return local(CandidateType.RELAYED, relayed, relayed, server, localPreference);
    }

    private static Candidate local(CandidateType type, InetSocketAddress address, InetSocketAddress base,
            InetSocketAddress server, int localPreference) {
        // RFC 8445, section 5.1.1.3: same type, same base IP address, same server IP address and transport share a foundation
        int hash = Objects.hash(type.ordinal(), base.getAddress(), server == null ? null : server.getAddress());
        String foundation = Integer.toUnsignedString(hash, 36);
        return new Candidate(foundation, Priorities.candidate(type, localPreference), address, type, base);
    }

    boolean isIpv6() {
        return address.getAddress().getAddress().length == 16;
    }

    /** Whether the port is another's, who may lend another one tomorrow. */
    boolean isBorrowed() {
        return type == CandidateType.SERVER_REFLEXIVE || type == CandidateType.RELAYED;
    }

    @Override
    public String toString() {
        return type.token() + " " + address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
