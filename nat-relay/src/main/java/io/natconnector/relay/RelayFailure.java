package io.natconnector.relay;

import io.natconnector.stun.ErrorCode;

/** Why there is no allocation, or none any more; {@link #advice} says what to do about it. */
public enum RelayFailure {
    NO_RESPONSE("no answer from the relay; is its address right, and does the network let us talk to it?"),
    UNAUTHORIZED("the relay refuses the user name or the password; time-limited credentials may have run out"),
    QUOTA("the relay grants this user or this network no more allocations; close others first"),
    FORBIDDEN("the relay's policy forbids it"),
    REDIRECTED("the relay sends us to another one, which sends us on again; configure the right one"),
    CAPACITY("the relay is full; try again later or use another"),
    MISMATCH("the relay knows another allocation at our address, or ours no longer; allocate anew from a fresh local port"),
    UNSUPPORTED("the relay does not offer this transport or address family"),
    REFUSED("the relay refuses for a reason that we can't mend");

    private final String advice;

    RelayFailure(String advice) {
        this.advice = advice;
    }

    /** What it means and what to try, for people. */
    public String advice() {
        return advice;
    }

    /** Advice with the number of the error that the relay answered. */
    String advice(ErrorCode error) {
        return advice + " (error " + error.code() + (error.reason().isEmpty() ? "" : " " + printable(error.reason())) + ")";
    }

    /** RFC 8656, section 7.4: what each error code of an Allocate means to us. */
    static RelayFailure of(int code) {
        return switch (code) {
            case ErrorCode.TRY_ALTERNATE -> REDIRECTED;
            case ErrorCode.UNAUTHENTICATED, ErrorCode.WRONG_CREDENTIALS, ErrorCode.STALE_NONCE -> UNAUTHORIZED;
            case ErrorCode.FORBIDDEN -> FORBIDDEN;
            case ErrorCode.ALLOCATION_MISMATCH -> MISMATCH;
            case ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED, ErrorCode.UNSUPPORTED_TRANSPORT,
                    ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH, ErrorCode.UNKNOWN_ATTRIBUTE -> UNSUPPORTED;
            case ErrorCode.ALLOCATION_QUOTA_REACHED -> QUOTA;
            case ErrorCode.INSUFFICIENT_CAPACITY -> CAPACITY;
            default -> REFUSED;
        };
    }

    /** A stranger wrote the phrase and it may end in a log: one short line of plain characters. */
    private static String printable(String reason) {
        String plain = reason.replaceAll("[^\\x20-\\x7E]", "?");
        return plain.length() <= 80 ? plain : plain.substring(0, 80);
    }
}
