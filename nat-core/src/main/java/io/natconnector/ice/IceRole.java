package io.natconnector.ice;

/** Who nominates (RFC 8445, section 6.1.1). A conflict repairs itself, so a wrong guess costs a round trip and nothing else. */
public enum IceRole {
    CONTROLLING, CONTROLLED;

    public IceRole opposite() {
        return this == CONTROLLING ? CONTROLLED : CONTROLLING;
    }
}
