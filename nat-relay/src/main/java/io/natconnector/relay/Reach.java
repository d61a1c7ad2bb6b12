package io.natconnector.relay;

/** What may happen between the server's clients and an address. */
enum Reach {
    FORBIDDEN,
    /** Sent there. */
    OPEN,
    /** Sent there, but not to a port that the server itself listens at: the operator opened one of its own addresses. */
    GUARDED,
    /** An address that we relay from: what goes there goes to another of our allocations, never to a socket. */
    INTERNAL
}
