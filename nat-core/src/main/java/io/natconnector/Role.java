package io.natconnector;

/**
 * Who chooses among the paths that work (RFC 8445, section 6.1.1). Two of ours agree on it by themselves; only where the other side
 * is another implementation, and was told its role, must it be fixed.
 */
public enum Role {
    CONTROLLING, CONTROLLED
}
