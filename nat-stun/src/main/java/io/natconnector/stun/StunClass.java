package io.natconnector.stun;

/** The two class bits of a message type (RFC 8489, section 5). */
public enum StunClass {
    REQUEST, INDICATION, SUCCESS, ERROR
}
