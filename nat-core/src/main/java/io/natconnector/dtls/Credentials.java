package io.natconnector.dtls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
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
    /** BC's own clock is to do nothing: when to send again is said by {@link Negotiation}. */
    static final int NEVER_RESEND_MILLIS = Integer.MAX_VALUE;

    private final JdkCrypto crypto;
    private final List<Suite> suites;
    private final DtlsIdentity identity;
    private final DtlsFingerprint expected;
    private X509Certificate peer;
    private String refused;

    Credentials(JdkCrypto crypto, List<Suite> suites, DtlsIdentity identity, DtlsFingerprint expected) {
        this.crypto = crypto;
        this.suites = suites;
        this.identity = identity;
        this.expected = expected;
    }

    JdkCrypto crypto() {
        return crypto;
    }

    /** The certificate that the peer has shown, once it has been found to be the expected one; {@code null} before. */
    X509Certificate peer() {
        return peer;
    }

    /** What was wrong with the peer's certificate, or {@code null}. */
    String refused() {
        return refused;
    }

    int[] suites() {
        return suites.stream().mapToInt(Suite::id).toArray();
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
        try {
            peer = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (CertificateException e) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, e);
        }
    }
}
