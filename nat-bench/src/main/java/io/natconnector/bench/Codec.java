package io.natconnector.bench;

/**
 * What a STUN codec has to do for connectivity checks (RFC 8445, section 7), over one and the same check:
 * USERNAME, PRIORITY, ICE-CONTROLLING, USE-CANDIDATE, MESSAGE-INTEGRITY, FINGERPRINT.
 */
interface Codec extends AutoCloseable {
    String PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
    String LOCAL_UFRAG = "evtj";
    /** The receiver's fragment, then the sender's (RFC 8445, section 7.2.2). */
    String USERNAME = LOCAL_UFRAG + ":h6vY";
    int PRIORITY = 0x6E0001FF;
    long TIE_BREAKER = 0x932F_F9B1_5126_3B36L;

    /** Reads the check, as far as the codec does that before anybody asks for an attribute. */
    Object parse();

    /** Whether MESSAGE-INTEGRITY of the check, read before, is right. */
    boolean verify();

    /** What an agent does with a datagram until it trusts it: reads it, reads its attributes, verifies it. */
    boolean inbound();

    /** Writes the check, signed and with its fingerprint, into a buffer of its own, and gives that back. */
    Object build();

    /** The bytes that {@link #build} writes. */
    byte[] check();

    /** What the others work on from now on. */
    void use(byte[] check);

    @Override
    void close();

    /** The codec of that name. */
    static Codec of(String name) {
        return switch (name) {
            case "natconnector" -> new OurCodec();
            case "ice4j" -> new Ice4jCodec();
            default -> throw new IllegalArgumentException("expected natconnector or ice4j, not " + name);
        };
    }
}
