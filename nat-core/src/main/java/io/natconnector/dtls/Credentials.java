package io.natconnector.dtls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;

/** What either side shows and what it expects, alike for both roles; and what came of it. Used by one thread at a time. */
final class Credentials {
    /** AES first, as it runs in hardware nearly everywhere; for the rest the peer may choose. */
    private static final int[] SUITES = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256};
    /** BC's own clock is to do nothing: when to send again is said by {@link DtlsAssociation}. */
    static final int NEVER_RESEND_MILLIS = Integer.MAX_VALUE;

    private final JdkCrypto crypto;
    private final DtlsIdentity identity;
    private final DtlsFingerprint expected;
    private byte[] peer;
    private String refused;
    private boolean closedByPeer;

    Credentials(JdkCrypto crypto, DtlsIdentity identity, DtlsFingerprint expected) {
        this.crypto = crypto;
        this.identity = identity;
        this.expected = expected;
    }

    JdkCrypto crypto() {
        return crypto;
    }

    /** The certificate that the peer has shown, once it has been found to be the expected one. */
    byte[] peer() {
        return peer;
    }

    X509Certificate certificate() {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(peer));
        } catch (CertificateException e) {
            throw new IllegalStateException("its key was used a moment ago", e);
        }
    }

    /** What was wrong with the peer's certificate, or {@code null}. */
    String refused() {
        return refused;
    }

    boolean isClosedByPeer() {
        return closedByPeer;
    }

    static int[] suites() {
        return SUITES.clone();
    }

    static Vector<SignatureAndHashAlgorithm> signatureAlgorithms() {
        Vector<SignatureAndHashAlgorithm> algorithms = new Vector<>();
        algorithms.add(SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
        algorithms.add(SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha384, SignatureAlgorithm.ecdsa));
        return algorithms;
    }

    TlsCredentialedSigner signer(TlsContext context) throws IOException {
        Certificate chain = new Certificate(new TlsCertificate[] {crypto.createCertificate(identity.encoded())});
        return new JcaDefaultTlsCredentialedSigner(new TlsCryptoParameters(context), crypto, identity.key(), chain,
                SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
    }

    /** RFC 8842, section 5.5: the certificate MUST match the fingerprint, else the association is torn down. */
    void check(Certificate shown) throws IOException {
        if (shown == null || shown.isEmpty()) {
            refused = "the peer showed no certificate";
            throw new TlsFatalAlert(AlertDescription.bad_certificate);
        }
        byte[] encoded = shown.getCertificateAt(0).getEncoded();
        if (!expected.matches(encoded)) {
            refused = "the peer's words promised " + expected + ", but its certificate is " + DtlsFingerprint.of(encoded);
            throw new TlsFatalAlert(AlertDescription.bad_certificate);
        }
        peer = encoded;
    }

    void alertReceived(short level, short description) {
        closedByPeer |= level == AlertLevel.warning && description == AlertDescription.close_notify;
    }
}
