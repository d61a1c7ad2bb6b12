package io.natconnector.nat;

/** What our NAT makes of one local port towards several destinations (RFC 4787, section 4.1), as STUN servers see it. */
public enum NatMapping {
    /** Fewer than two servers have answered. */
    UNKNOWN("is not known"),
    /** The same external port for all: a peer can be told where to send to. There may be no NAT at all. */
    INDEPENDENT("shows everybody the same port, or there is none"),
    /** Another port for each destination, and the next one can be guessed. */
    SEQUENTIAL("shows each destination the next port"),
    /** Another port for each destination, any. */
    RANDOM("shows each destination another, random port");

    private final String meaning;

    NatMapping(String meaning) {
        this.meaning = meaning;
    }

    /** For people. */
    public String meaning() {
        return meaning;
    }

    /** Whether a peer sees another port than servers do. */
    public boolean dependsOnDestination() {
        return this == SEQUENTIAL || this == RANDOM;
    }
}
