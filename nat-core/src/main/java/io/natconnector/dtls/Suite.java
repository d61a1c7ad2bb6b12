package io.natconnector.dtls;

import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.EncryptionAlgorithm;

/** How records are sealed, both by the JVM's own cryptography: its AES-GCM is ten times as fast as one in pure Java. */
enum Suite {
    /** RFC 5288: four bytes of the nonce are a secret of the handshake, eight go with each record. */
    AES_128_GCM(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, EncryptionAlgorithm.AES_128_GCM, 16, 4, 8),
    /** RFC 7905: the record's number goes into a nonce that is all secret. */
    CHACHA20_POLY1305(CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, EncryptionAlgorithm.CHACHA20_POLY1305, 32, 12, 0);

    /** AES first, as it runs in hardware nearly everywhere; the other where the peer has no AES. */
    static final List<Suite> PREFERRED = List.of(AES_128_GCM, CHACHA20_POLY1305);
    static final int TAG_LENGTH = 16;
    static final int NONCE_LENGTH = 12;

    private final int id;
    private final int algorithm;
    private final int keyLength;
    private final int ivLength;
    private final int explicitLength;

    Suite(int id, int algorithm, int keyLength, int ivLength, int explicitLength) {
        this.id = id;
        this.algorithm = algorithm;
        this.keyLength = keyLength;
        this.ivLength = ivLength;
        this.explicitLength = explicitLength;
    }

    /** That of Bouncy Castle's number of an algorithm, or {@code null}. */
    static Suite ofAlgorithm(int algorithm) {
        for (Suite suite : values()) {
            if (suite.algorithm == algorithm) {
                return suite;
            }
        }
        return null;
    }

    /** As IANA numbers it. */
    int id() {
        return id;
    }

    int keyLength() {
        return keyLength;
    }

    /** Length of the part of the nonce that the handshake makes. */
    int ivLength() {
        return ivLength;
    }

    /** Length of the part of the nonce that goes with each record. */
    int explicitLength() {
        return explicitLength;
    }

    /** What a sealed record has beside header and content. */
    int overhead() {
        return explicitLength + TAG_LENGTH;
    }

    Cipher cipher() throws GeneralSecurityException {
        return Cipher.getInstance(this == AES_128_GCM ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
    }

    SecretKeySpec key(byte[] bytes) {
        return new SecretKeySpec(bytes, this == AES_128_GCM ? "AES" : "ChaCha20");
    }

    AlgorithmParameterSpec parameters(byte[] nonce) {
        return this == AES_128_GCM ? new GCMParameterSpec(8 * TAG_LENGTH, nonce) : new IvParameterSpec(nonce);
    }

    /** The JVM's ChaCha20 refuses the nonce that it had last, which after a forgery is that of the real record. */
    boolean remembersNonce() {
        return this == CHACHA20_POLY1305;
    }

    @Override
    public String toString() {
        return this == AES_128_GCM ? "AES-128-GCM" : "ChaCha20-Poly1305";
    }
}
