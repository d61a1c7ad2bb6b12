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
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
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
final class Credentials implements Party {
    /** BC's own clock is to do nothing: when to send again is said by {@link Negotiation}. */
    static final int NEVER_RESEND_MILLIS = Integer.MAX_VALUE;

    private final DtlsRole role;
    private final JdkCrypto crypto;
    private final List<Suite> suites;
    private final DtlsIdentity identity;
    private final DtlsFingerprint expected;
    private X509Certificate peer;
    private String refused;

    Credentials(DtlsRole role, JdkCrypto crypto, List<Suite> suites, DtlsIdentity identity, DtlsFingerprint expected) {
        this.role = role;
        this.crypto = crypto;
        this.suites = suites;
        this.identity = identity;
        this.expected = expected;
    }

    JdkCrypto crypto() {
        return crypto;
    }

    @Override
    public DTLSTransport talk(DatagramTransport wire) throws IOException {
        return role == DtlsRole.CLIENT ? new DTLSClientProtocol().connect(new PinnedClient(this), wire)
                : new DTLSServerProtocol().accept(new PinnedServer(this), wire);
    }

    @Override
    public boolean speaksFirst() {
        return role == DtlsRole.CLIENT;
    }

    @Override
    public long heardAlready() {
        return -1;
    }

    @Override
    public SuiteCipher cipher() {
        return crypto.cipher();
    }

    @Override
    public boolean isContent() {
        return peer != null;
    }

    @Override
    public X509Certificate peer() {
        return peer;
    }

    @Override
    public String refused() {
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
