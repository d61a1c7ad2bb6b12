package io.natconnector.dtls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.operator.ContentSigner;

/**
 * Who we are to our peers: a P-256 key and a certificate that it signs itself.
 *
 * <p>The certificate is a function of the key: no date, random serial number or random signature (RFC 6979 makes it without) goes
 * into it, so that a key which is kept has the same {@link #fingerprint} after each start and peers may pin that.
 */
public final class DtlsIdentity {
    /** Nobody looks at the validity of a certificate that is known by its fingerprint. The end means none (RFC 5280, 4.1.2.5). */
    private static final Date NOT_BEFORE = Date.from(Instant.parse("2020-01-01T00:00:00Z"));
    private static final Date NOT_AFTER = Date.from(Instant.parse("9999-12-31T23:59:59Z"));
    /** Says nothing about anybody: the fingerprint is the name. */
    private static final X500Name NAME = new X500Name("CN=natconnector");
    private static final int P256_BITS = 256;

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final byte[] encoded;
    private final DtlsFingerprint fingerprint;

    private DtlsIdentity(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        this.key = key;
        this.certificate = certificate;
        this.encoded = certificate.getEncoded();
        this.fingerprint = DtlsFingerprint.of(encoded);
    }

    /** A new one that nobody knows yet. */
    public static DtlsIdentity generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return of(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has P-256", e);
        }
    }

    /**
     * That of a key which is kept.
     *
     * @throws IllegalArgumentException if it is no P-256 key
     */
    public static DtlsIdentity of(KeyPair keys) {
        if (!(keys.getPublic() instanceof ECPublicKey ec) || ec.getParams().getCurve().getField().getFieldSize() != P256_BITS) {
            throw new IllegalArgumentException("expected an EC key on P-256, not " + keys.getPublic().getAlgorithm());
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(keys.getPublic().getEncoded());
            BigInteger serial = new BigInteger(1, Arrays.copyOf(hash, Long.BYTES)).setBit(0);
            var builder = new JcaX509v3CertificateBuilder(NAME, serial, NOT_BEFORE, NOT_AFTER, NAME, keys.getPublic());
            var holder = builder.build(new RepeatableSigner(PrivateKeyFactory.createKey(keys.getPrivate().getEncoded())));
            return new DtlsIdentity(keys.getPrivate(), new JcaX509CertificateConverter().getCertificate(holder));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("this key can't sign", e);
        }
    }

    /** By which peers know the certificate. */
    public DtlsFingerprint fingerprint() {
        return fingerprint;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    PrivateKey key() {
        return key;
    }

    byte[] encoded() {
        return encoded.clone();
    }

    /** ECDSA with SHA-256 that makes the same signature each time (RFC 6979). */
    private static final class RepeatableSigner implements ContentSigner {
        private final DSADigestSigner signer =
                new DSADigestSigner(new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest())), new SHA256Digest());
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        RepeatableSigner(AsymmetricKeyParameter key) {
            signer.init(true, key);
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
        }

        @Override
        public OutputStream getOutputStream() {
            return content;
        }

        @Override
        public byte[] getSignature() {
            signer.update(content.toByteArray(), 0, content.size());
            return signer.generateSignature();
        }
    }
}
