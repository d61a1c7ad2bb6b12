package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key for MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 with its MACs ready-keyed: keying one costs twice what using it does.
 *
 * <p>Not thread-safe: one per session.
 */
public final class IntegrityKey {
    private static final int SHA1_LENGTH = 20;
    private static final int SHA256_LENGTH = 32;
    private static final ThreadLocal<byte[]> PIECE = ThreadLocal.withInitial(() -> new byte[512]);

    private final byte[] key;
    private final byte[] header = new byte[4];
    private Mac sha1;
    private Mac sha256;

    private IntegrityKey(byte[] key) {
        this.key = key;
    }

    /**
     * RFC 8489, section 9.1.1: the key is the password. The OpaqueString profile changes nothing in the characters that ICE
     * allows, so it is not applied here.
     */
    public static IntegrityKey shortTerm(String password) {
        return of(password.getBytes(StandardCharsets.UTF_8));
    }

    /** RFC 8489, section 9.2.2: digest of {@code username:realm:password}. */
    public static IntegrityKey longTerm(String username, String realm, String password, PasswordAlgorithm algorithm) {
        return of(longTermKey(username, realm, password, algorithm));
    }

    /** The bytes of a long-term key: what a server may keep instead of the password. */
    public static byte[] longTermKey(String username, String realm, String password, PasswordAlgorithm algorithm) {
        return digest(algorithm.digest(), username + ":" + OpaqueString.prepare(realm) + ":" + OpaqueString.prepare(password));
    }

    /** USERHASH, which names a user without showing the name (RFC 8489, section 14.4). */
    public static byte[] userhash(String username, String realm) {
        return digest("SHA-256", username + ":" + OpaqueString.prepare(realm));
    }

    /** A key made elsewhere. */
    public static IntegrityKey of(byte[] key) {
        if (key.length == 0) {
            throw new IllegalArgumentException("an integrity key must not be empty");
        }
        return new IntegrityKey(key.clone());
    }

    /** The MAC over {@code [start, end)} as if MESSAGE-INTEGRITY at {@code end} were the last attribute. */
    byte[] sha1(ByteBuf buffer, int start, int end) {
        sha1 = sha1 == null ? keyed("HmacSHA1") : sha1;
        return sign(sha1, buffer, start, end, SHA1_LENGTH);
    }

    byte[] sha256(ByteBuf buffer, int start, int end) {
        sha256 = sha256 == null ? keyed("HmacSHA256") : sha256;
        return sign(sha256, buffer, start, end, SHA256_LENGTH);
    }

    private byte[] sign(Mac mac, ByteBuf buffer, int start, int end, int macLength) {
        int length = end - start - StunMessage.HEADER_LENGTH + 4 + macLength;
        header[0] = buffer.getByte(start);
        header[1] = buffer.getByte(start + 1);
        header[2] = (byte) (length >> 8);
        header[3] = (byte) length;
        mac.update(header);
        if (buffer.hasArray()) {
            mac.update(buffer.array(), buffer.arrayOffset() + start + 4, end - start - 4);
        } else {
            update(mac, buffer, start + 4, end);
        }
        return mac.doFinal();
    }

    /** Piece by piece: given a buffer outside the heap, a MAC of the JDK keeps an array of its own for as long as it lives. */
    private static void update(Mac mac, ByteBuf buffer, int start, int end) {
        byte[] piece = PIECE.get();
        for (int at = start; at < end; at += piece.length) {
            int length = Math.min(piece.length, end - at);
            buffer.getBytes(at, piece, 0, length);
            mac.update(piece, 0, length);
        }
    }

    private Mac keyed(String algorithm) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    private static byte[] digest(String algorithm, String text) {
        try {
            return MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
