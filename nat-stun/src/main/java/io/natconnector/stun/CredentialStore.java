package io.natconnector.stun;

import java.util.List;

/**
 * Where a server finds its users' long-term keys. Asked on an event loop: an implementation must not block, and one that is shared
 * by several loops must be thread-safe.
 */
public interface CredentialStore {
    /**
     * The keys that this user may sign with: usually one, several while a secret is being replaced, none for a user that does not
     * exist or whose time is over. {@link IntegrityKey#longTermKey} makes them of passwords.
     *
     * @param username as the client sent it: hostile, up to 508 bytes of anything
     * @param epochSeconds the time, for credentials that run out
     */
    List<byte[]> keys(String username, String realm, PasswordAlgorithm algorithm, long epochSeconds);

    /** The user with that {@link IntegrityKey#userhash}, or {@code null}. */
    default String username(byte[] userhash, String realm) {
        return null;
    }

    /** Whether {@link #username} can find users, so that clients may be invited to hide their names. */
    default boolean knowsUserhashes() {
        return false;
    }
}
