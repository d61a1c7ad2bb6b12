package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunWriter;

/**
 * What a client wishes of its allocation (RFC 8656, section 7.1). {@link #DEFAULT} asks for one IPv4 address; where the relay has
 * none, for an IPv6 one.
 *
 * <p>Immutable.
 *
 * @param families which kinds of address
 * @param evenPort an even port
 * @param reserveNext the port above it is held for the next allocation; see {@link RelayClient#reservationToken}
 * @param reservationToken of a port that an earlier allocation had held for this one, or {@code null}
 * @param dontFragment datagrams to peers are not fragmented on their way: larger ones are lost. A relay that can't do that refuses
 * @param mobility the allocation can be taken along to another address of ours (RFC 8016), if the relay allows that
 */
public record AllocateOptions(Families families, boolean evenPort, boolean reserveNext, Long reservationToken,
        boolean dontFragment, boolean mobility) {
    /** Kinds of relayed addresses. */
    public enum Families {
        /** One, IPv4 if the relay has that. */
        ANY,
        IPV4, IPV6,
        /** One of each by a single allocation; of a relay that has but one kind, that one (RFC 8656, section 7.2). */
        BOTH
    }

    public static final AllocateOptions DEFAULT = new AllocateOptions(Families.ANY, false, false, null, false, false);

    public AllocateOptions {
        if (reservationToken != null && (evenPort || families != Families.ANY)
                || reserveNext && (!evenPort || families == Families.BOTH)) {
            throw new IllegalArgumentException("RFC 8656, section 7.1 does not know these wishes together: " + families
                    + (evenPort ? ", even port" : "") + (reserveNext ? ", next port" : "")
                    + (reservationToken != null ? ", token" : ""));
        }
    }

    public AllocateOptions withFamilies(Families wanted) {
        return new AllocateOptions(wanted, evenPort, reserveNext, reservationToken, dontFragment, mobility);
    }

    /** An even port, and the one above held for another allocation if {@code reserveNext}. */
    public AllocateOptions withEvenPort(boolean reserveNextToo) {
        return new AllocateOptions(families, true, reserveNextToo, null, dontFragment, mobility);
    }

    /** The port that goes with this token. */
    public AllocateOptions withReservation(long token) {
        return new AllocateOptions(families, false, false, token, dontFragment, mobility);
    }

    public AllocateOptions withDontFragment(boolean wanted) {
        return new AllocateOptions(families, evenPort, reserveNext, reservationToken, wanted, mobility);
    }

    public AllocateOptions withMobility(boolean wanted) {
        return new AllocateOptions(families, evenPort, reserveNext, reservationToken, dontFragment, wanted);
    }

    void write(StunWriter allocate) {
        allocate.put(StunAttribute.REQUESTED_TRANSPORT, AllocateRequest.UDP);
        if (families == Families.IPV6) {                      // without a word it is IPv4
            allocate.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, AddressFamily.IPV6.number());
        } else if (families == Families.BOTH) {
            allocate.put(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, AddressFamily.IPV6.number());
        }
        if (evenPort) {
            allocate.put(StunAttribute.EVEN_PORT, reserveNext);
        }
        if (reservationToken != null) {
            allocate.put(StunAttribute.RESERVATION_TOKEN, reservationToken);
        }
        if (dontFragment) {
            allocate.put(StunAttribute.DONT_FRAGMENT, true);
        }
        if (mobility) {
            allocate.putBytes(StunAttribute.MOBILITY_TICKET, new byte[0]);
        }
    }

    /** What to wish for after that refusal, or {@code null} when there is nothing else to try. */
    AllocateOptions after(int error) {
        return switch (error) {
            case ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED ->
                    families == Families.ANY || families == Families.BOTH ? withFamilies(Families.IPV6) : null;
            case ErrorCode.MOBILITY_FORBIDDEN -> mobility ? withMobility(false) : null;
            default -> null;
        };
    }
}
