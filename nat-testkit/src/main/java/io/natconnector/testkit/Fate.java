package io.natconnector.testkit;

/** How a datagram ends. Exactly one fate befalls each, a duplicate included. */
public enum Fate {
    DELIVERED("delivered"),
    /** By the link's loss. */
    LOST("lost"),
    /** More was queued at the link's rate than its queue takes. */
    QUEUE_FULL("queue full"),
    TOO_BIG("bigger than the MTU"),
    LINK_DOWN("link down"),
    /** Nobody has the address, or it is a private one on the public internet. */
    NO_ROUTE("no route"),
    /** There is a mapping, or a firewall, but it doesn't let this remote in. */
    FILTERED("filtered"),
    /** Nothing inside the NAT uses that external port. */
    NO_MAPPING("no mapping"),
    /** UDP is blocked altogether. */
    BLOCKED("UDP blocked"),
    /** The NAT has no external port left, or as many mappings as it may have. */
    NO_PORT("no port left"),
    /** To the NAT's own external address from inside, and it doesn't hairpin. */
    NO_HAIRPIN("no hairpin"),
    /** No socket is open there. */
    NO_SOCKET("no socket"),
    /** Sent from a socket that is not open, or from an address that the host does not have (any more). */
    UNSENT("not sent"),
    /** The host sleeps. */
    ASLEEP("asleep"),
    /** Its sender or its receiver moved while it was under way. */
    STALE("stale"),
    /** Not UDP. */
    UNSUPPORTED("not UDP");

    private final String text;

    Fate(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
