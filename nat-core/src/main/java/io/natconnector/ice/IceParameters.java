package io.natconnector.ice;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The short-term credential of one side for one generation of ICE (RFC 8445, section 5.3).
 *
 * @param ufrag 4 to 256 characters of ALPHA / DIGIT / "+" / "/"
 * @param pwd 22 to 256 of the same
 */
public record IceParameters(String ufrag, String pwd) {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    public IceParameters {
        check(Objects.requireNonNull(ufrag, "ufrag"), 4, "ice-ufrag");
        check(Objects.requireNonNull(pwd, "pwd"), 22, "ice-pwd");
    }

    /** Fresh ones: 48 bits to tell sessions of one socket apart, 144 bits of password. */
    public static IceParameters random(RandomGenerator random) {
        return new IceParameters(word(random, 8), word(random, 24));
    }

    private static String word(RandomGenerator random, int length) {
        StringBuilder word = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            word.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return word.toString();
    }

    private static void check(String value, int min, String what) {
        if (value.length() < min || value.length() > 256) {
            throw new IllegalArgumentException(what + " must have " + min + " to 256 characters, not " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            // Some implementations use other printable characters; only what would break a line or the user name is refused.
            char c = value.charAt(i);
            if (c <= ' ' || c >= 0x7F || c == ':') {
                throw new IllegalArgumentException(what + " has a character that is not allowed at " + i);
            }
        }
    }

    /** Keeps the password out of logs. */
    @Override
    public String toString() {
        return "IceParameters[ufrag=" + ufrag + "]";
    }
}
