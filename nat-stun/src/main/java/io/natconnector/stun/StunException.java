package io.natconnector.stun;

/** A datagram that claims to be STUN and is not well formed. Has no stack trace: the network decides how often it is thrown. */
public final class StunException extends RuntimeException {
    public StunException(String message) {
        super(message, null, false, false);
    }
}
