package io.natconnector.nat;

/** Whether two peers have a direct path; if not, why, and what would help. For people as it is. */
public enum Directness {
    FOUND("data goes directly", ""),
    LOOKING("a direct path is being looked for", "wait a few seconds"),
    NOT_WANTED("only relayed addresses are used, as was asked for", "leave out relayOnly() where addresses need not be hidden"),
    PEER_UNKNOWN("the peer has told no address yet", "see whether it is there, and whether signalling reaches it"),
    UDP_BLOCKED_HERE("no server answers over UDP from here", "let UDP out; a relay over TCP or TLS does meanwhile"),
    UDP_BLOCKED_THERE("the peer has no address that others see, so UDP seems to be blocked at its side",
            "let UDP out there, and give the peer a STUN server"),
    BOTH_UNPREDICTABLE("both NATs show each destination another port, and one of them a random one: there is nothing to aim at",
            "a port opened by the router (port mapping), IPv6, or a friendlier NAT at either side"),
    SEARCH_OFF("one NAT shows each destination another, random port, and the search for it is switched off",
            "a search budget; a port opened by the router (port mapping) or IPv6 at that side"),
    SEARCH_FAILED("one NAT shows each destination another, random port, and the search for it came to nothing within its budget",
            "a port opened by the router (port mapping) or IPv6 at that side; a larger budget"),
    NAT_UNKNOWN("checks are not answered, and what a NAT makes of ports is not known of both sides",
            "two STUN servers on both sides: with them hard NATs are recognised"),
    FILTERED("both NATs should let the peers' checks in, but no check is answered",
            "see whether a firewall at either side lets no UDP through but to known servers");

    private final String meaning;
    private final String help;

    Directness(String meaning, String help) {
        this.meaning = meaning;
        this.help = help;
    }

    public String meaning() {
        return meaning;
    }

    /** What would bring about a direct path; empty where there is one. */
    public String help() {
        return help;
    }
}
