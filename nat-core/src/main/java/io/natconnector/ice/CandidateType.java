package io.natconnector.ice;

/** How a candidate was found. Preferences are those that RFC 8445, section 5.1.2.2 recommends. */
public enum CandidateType {
    HOST("host", 126), PEER_REFLEXIVE("prflx", 110), SERVER_REFLEXIVE("srflx", 100), RELAYED("relay", 0);

    private final String token;
    private final int preference;

    CandidateType(String token, int preference) {
        this.token = token;
        this.preference = preference;
    }

    /** The word in a candidate line (RFC 8839, section 5.1). */
    public String token() {
        return token;
    }

    /** 0 to 126, more is better. */
    public int preference() {
        return preference;
    }

    /** The type of that word, or {@code null}. */
    static CandidateType of(String token) {
        for (CandidateType type : values()) {
            if (type.token.equals(token)) {
                return type;
            }
        }
        return null;
    }
}
