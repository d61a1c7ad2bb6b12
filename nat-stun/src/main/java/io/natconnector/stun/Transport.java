package io.natconnector.stun;

/** What carries a datagram, or a framed message of the same meaning, between two addresses. */
public enum Transport {
    UDP, TCP, TLS, DTLS;

    /** Whether the carrier keeps order and loses nothing, so that requests are not repeated (RFC 8489, section 6.2.2). */
    public boolean isReliable() {
        return this == TCP || this == TLS;
    }
}
