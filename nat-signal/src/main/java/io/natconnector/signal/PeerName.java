package io.natconnector.signal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What a peer may be called, and how its name is written where only few characters are safe. Any thread. */
final class PeerName {
    /** Long enough for a host name or a UUID with a prefix, short enough for a path element once encoded. */
    static final int MAX_BYTES = 255;

    private PeerName() {
    }

    /** @throws IllegalArgumentException for a name that no carrier can address: empty, too long, or half a surrogate pair */
    static byte[] utf8(String name) {
        byte[] bytes = strictUtf8(name);
        if (bytes == null || bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a peer's name must be 1 to " + MAX_BYTES + " bytes of UTF-8: " + name);
        }
        return bytes;
    }

    /**
     * The name in {@code a-z 0-9 - _} and percent signs; different names stay different. Capitals and dots are encoded too: some
     * file systems fold case, and {@code ..} must never be a name.
     */
    static String encoded(String name) {
        StringBuilder text = new StringBuilder();
        for (byte b : utf8(name)) {
            if (b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '_') {
                text.append((char) b);
            } else {
                text.append('%').append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
            }
        }
        return text.toString();
    }

    /** The text in UTF-8, or {@code null} when it has half a surrogate pair: replacing that would make two names one. */
    private static byte[] strictUtf8(String text) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The text of these bytes, or {@code null} when they are not UTF-8. */
    static String strictText(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
