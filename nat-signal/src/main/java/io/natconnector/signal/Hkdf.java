package io.natconnector.signal;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF-SHA256 (RFC 5869). Any thread. */
final class Hkdf {
    private static final int HASH = 32;

    private Hkdf() {
    }

    /** RFC 5869, section 2.2. */
    static byte[] extract(byte[] salt, byte[] input) {
        return hmac(salt.length == 0 ? new byte[HASH] : salt, input);
    }

    /** RFC 5869, section 2.3: T(n) = HMAC(key, T(n-1) info n). */
    static byte[] expand(byte[] key, byte[] info, int length) {
        if (length > 255 * HASH) {
            throw new IllegalArgumentException("HKDF-SHA256 gives at most " + 255 * HASH + " bytes, not " + length);
        }
        byte[] output = new byte[length];
        byte[] block = {};
        for (int at = 0, n = 1; at < length; at += HASH, n++) {
            Mac mac = keyed(key);
            mac.update(block);
            mac.update(info);
            mac.update((byte) n);
            block = mac.doFinal();
            System.arraycopy(block, 0, output, at, Math.min(HASH, length - at));
        }
        return output;
    }

    static byte[] hmac(byte[] key, byte[] input) {
        return keyed(key).doFinal(input);
    }

    private static Mac keyed(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
