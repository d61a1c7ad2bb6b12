package io.natconnector.stun;

import java.text.Normalizer;

/**
 * The OpaqueString profile (RFC 8265, section 4.2) for user names, realms and passwords, so that two keyboards that write the same
 * letters differently make the same key. Forbidden characters are not refused: the only harm is that the credentials don't match.
 */
final class OpaqueString {
    private OpaqueString() { }

    static String prepare(String text) {
        if (text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        StringBuilder spaced = new StringBuilder(text.length());
        text.codePoints().forEach(c -> spaced.appendCodePoint(Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c));
        return Normalizer.normalize(spaced, Normalizer.Form.NFC);
    }
}
