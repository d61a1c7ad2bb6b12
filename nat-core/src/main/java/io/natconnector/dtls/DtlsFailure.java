package io.natconnector.dtls;

/** Why an association came to nothing, or to its end. */
public enum DtlsFailure {
    /** The certificate that the peer showed is not the one its words promised; this side refused. */
    FINGERPRINT_REFUSED_HERE,
    /** The peer says that our certificate is not the one it expects. */
    FINGERPRINT_REFUSED_BY_PEER,
    /** The peer did not answer, or stopped answering. */
    TIMEOUT,
    /** One of the two sides found a fault with what the other sent. */
    ALERT,
    /** All numbers that a record can have are used up, and the peer can't agree on another key. */
    USED_UP,
    /** The peer has closed the association. */
    CLOSED_BY_PEER
}
