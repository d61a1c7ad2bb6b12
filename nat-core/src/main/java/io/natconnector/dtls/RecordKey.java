package io.natconnector.dtls;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of one direction, and how records are sealed or opened with it (RFC 5246, section 6.2.3.3; RFC 6347, section 4.1.2.1).
 * Makes no garbage but the JVM's own. One thread at a time.
 */
final class RecordKey {
    private static final int ADDITIONAL_LENGTH = 13;

    private final Suite suite;
    private final SecretKeySpec key;
    private final byte[] iv;
    private final byte[] nonce = new byte[Suite.NONCE_LENGTH];
    private final byte[] additional = new byte[ADDITIONAL_LENGTH];
    private Cipher cipher;

    /** @param iv the secret part of the nonce */
    RecordKey(Suite suite, byte[] key, byte[] iv) {
        this.suite = suite;
        this.key = suite.key(key);
        this.iv = iv;
    }

    Suite suite() {
        return suite;
    }

    /**
     * Seals in place: the content lies behind the room for the explicit part of the nonce.
     *
     * @param number epoch and sequence number; never the same twice
     * @return how long the sealed record is, from {@code at} on
     */
    int seal(long number, int type, byte[] bytes, int at, int length) {
        int content = at + suite.explicitLength();
        for (int i = 0; i < suite.explicitLength(); i++) {
            bytes[at + i] = (byte) (number >>> 8 * (7 - i));
        }
        try {
            begin(Cipher.ENCRYPT_MODE, number, number, type, length);
            return suite.explicitLength() + cipher.doFinal(bytes, content, length, bytes, content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + suite, e);
        }
    }

    /**
     * Opens a record.
     *
     * @param length of the sealed record, with the explicit part of the nonce and the tag
     * @param opened where the content goes; not the array that the record lies in
     * @return how long the content is, or -1 if the record is a forgery
     */
    int open(long number, int type, byte[] sealed, int at, int length, byte[] opened) {
        int contentLength = length - suite.overhead();
        if (contentLength < 0) {
            return -1;
        }
        long explicit = 0;
        for (int i = 0; i < suite.explicitLength(); i++) {
            explicit = explicit << 8 | sealed[at + i] & 0xFF;
        }
        try {
            begin(Cipher.DECRYPT_MODE, number, explicit, type, contentLength);
            return cipher.doFinal(sealed, at + suite.explicitLength(), length - suite.explicitLength(), opened, 0);
        } catch (AEADBadTagException e) {
            cipher = suite.remembersNonce() ? null : cipher;
            return -1;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + suite, e);
        }
    }

    /** @param explicit the part of the nonce that goes with the record, where there is one */
    private void begin(int mode, long number, long explicit, int type, int length) throws GeneralSecurityException {
        System.arraycopy(iv, 0, nonce, 0, iv.length);
        for (int i = 0; i < Long.BYTES; i++) {
            int at = Suite.NONCE_LENGTH - Long.BYTES + i;
            additional[i] = (byte) (number >>> 8 * (7 - i));
            nonce[at] = suite.explicitLength() == 0 ? (byte) (iv[at] ^ additional[i]) : (byte) (explicit >>> 8 * (7 - i));
        }
        additional[8] = (byte) type;
        additional[9] = (byte) Records.VERSION_MAJOR;
        additional[10] = (byte) Records.VERSION_MINOR;
        additional[11] = (byte) (length >>> 8);
        additional[12] = (byte) length;
        if (cipher == null) {
            cipher = suite.cipher();
        }
        cipher.init(mode, key, suite.parameters(nonce));
        cipher.updateAAD(additional);
    }
}
