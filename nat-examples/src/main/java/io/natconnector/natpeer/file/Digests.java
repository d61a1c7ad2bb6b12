package io.natconnector.natpeer.file;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What every JVM has. */
final class Digests {
    private Digests() { }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
