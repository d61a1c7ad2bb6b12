package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Words that only those who know the secret can read or write: AES-256-GCM under a key of its own for each letter.
 *
 * <pre>
 *   root  = HKDF-Extract(salt = prefix, PBKDF2-HMAC-SHA256(secret, salt = "natconnector signal v1 " prefix, 100 000 rounds))
 *   topic = prefix "/" base64url(first 16 bytes of HMAC-SHA256(HKDF-Expand(root, "topic", 32), name of the receiver))
 *   key, nonce = HKDF-Expand(root, "letter" topic of the receiver id, 32 + 12)
 *   envelope   = format (1 byte, value 1), id (16), AES-256-GCM(key, nonce, letter; format and topic as associated data)
 * </pre>
 *
 * <p>The key depends on receiver and prefix, so a letter can't be sent back to who wrote it, on to a third peer or to another
 * application; the sender's name stands inside, where only a holder of the secret could have put it. The broker sees who talks to
 * whom only as random-looking topics. The id is 128 random bits and never repeats, hence neither does a key with its nonce.
 *
 * <p>PBKDF2 makes guessing at a secret that people chose dearer; it does not make a bad one good.
 */
final class SealedEnvelope implements Envelope {
    private static final byte FORMAT = 1;
    private static final int HEADER = 1 + MessageId.LENGTH;
    private static final int TAG = 16;
    private static final int KEY = 32;
    private static final int NONCE = 12;
    private static final int ROUNDS = 100_000;

    private final String prefix;
    private final byte[] root;
    private final byte[] topicKey;

    private SealedEnvelope(String prefix, byte[] root) {
        this.prefix = prefix;
        this.root = root;
        this.topicKey = Hkdf.expand(root, "topic".getBytes(UTF_8), KEY);
    }

    /** Takes 25 ms of computing, and ten times that in a JVM that has just started: not for an event loop. */
    static SealedEnvelope of(String secret, String prefix) {
        byte[] salt = ("natconnector signal v1 " + prefix).getBytes(UTF_8);
        PBEKeySpec password = new PBEKeySpec(secret.toCharArray(), salt, ROUNDS, KEY * 8);
        try {
            byte[] stretched = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(password).getEncoded();
            return new SealedEnvelope(prefix, Hkdf.extract(prefix.getBytes(UTF_8), stretched));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has PBKDF2WithHmacSHA256", e);
        } finally {
            password.clearPassword();
        }
    }

    @Override
    public String topic(String name) {
        byte[] tag = Hkdf.hmac(topicKey, PeerName.utf8(name));
        return prefix + "/" + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(tag, 16));
    }

    @Override
    public byte[] wrap(Letter letter, String to) {
        byte[] body = letter.body();
        byte[] id = letter.id().bytes();
        byte[] sealed = new byte[HEADER + body.length + TAG];
        ByteBuffer.wrap(sealed).put(FORMAT).put(id);
        try {
            cipher(Cipher.ENCRYPT_MODE, topic(to).getBytes(UTF_8), id).doFinal(body, 0, body.length, sealed, HEADER);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM does not seal", e);
        }
    }

    @Override
    public Letter unwrap(byte[] envelope, String self) {
        if (envelope.length < HEADER + TAG || envelope[0] != FORMAT) {
            return null;
        }
        byte[] id = Arrays.copyOfRange(envelope, 1, HEADER);
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, topic(self).getBytes(UTF_8), id);
            byte[] body = cipher.doFinal(envelope, HEADER, envelope.length - HEADER);
            return Letter.read(MessageId.read(ByteBuffer.wrap(id)), ByteBuffer.wrap(body));
        } catch (GeneralSecurityException e) {
            return null;                                       // another secret, or changed on its way
        }
    }

    private Cipher cipher(int mode, byte[] topic, byte[] id) throws GeneralSecurityException {
        byte[] label = "letter".getBytes(UTF_8);
        byte[] info = ByteBuffer.allocate(label.length + topic.length + id.length).put(label).put(topic).put(id).array();
        byte[] material = Hkdf.expand(root, info, KEY + NONCE);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(material, 0, KEY, "AES"), new GCMParameterSpec(TAG * 8, material, KEY, NONCE));
        cipher.updateAAD(new byte[] {FORMAT});
        cipher.updateAAD(topic);
        return cipher;
    }
}
