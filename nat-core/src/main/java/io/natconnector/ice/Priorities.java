package io.natconnector.ice;

/** The two formulas of RFC 8445, and nothing else. */
final class Priorities {
    private static final int COMPONENT = 1;

    private Priorities() { }

    /**
     * RFC 8445, section 5.1.2.1.
     *
     * @param localPreference 0 to 65535, more is better, different for each address of one type
     */
    static long candidate(CandidateType type, int localPreference) {
        return ((long) type.preference() << 24) + ((long) localPreference << 8) + (256 - COMPONENT);
    }

    /** RFC 8445, section 6.1.2.3, where G is the controlling side's candidate priority and D the controlled side's. */
    static long pair(long controlling, long controlled) {
        return (Math.min(controlling, controlled) << 32) + 2 * Math.max(controlling, controlled)
                + (controlling > controlled ? 1 : 0);
    }
}
