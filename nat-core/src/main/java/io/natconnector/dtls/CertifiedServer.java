package io.natconnector.dtls;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;

/** A server that shows a certificate which others vouch for, and wants none: its clients prove who they are by other means. */
final class CertifiedServer extends DefaultTlsServer implements Party {
    private static final int[] ECDSA_SUITES = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
    };
    private static final int[] RSA_SUITES = {
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    };

    private final JdkCrypto crypto;
    private final VerifiedHello hello;
    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private boolean over;

    /** @param chain the server's own certificate first */
    CertifiedServer(SecureRandom random, VerifiedHello hello, PrivateKey key, List<X509Certificate> chain) {
        this(new JdkCrypto(random), hello, key, chain);
    }

    private CertifiedServer(JdkCrypto crypto, VerifiedHello hello, PrivateKey key, List<X509Certificate> chain) {
        super(crypto);
        this.crypto = crypto;
        this.hello = hello;
        this.key = key;
        this.chain = chain;
    }

    @Override
    public DTLSTransport talk(DatagramTransport wire) throws IOException {
        return new DTLSServerProtocol().accept(this, wire, hello.request());
    }

    @Override
    public boolean speaksFirst() {
        return true;                                          // the client has spoken already
    }

    @Override
    public long heardAlready() {
        return hello.sequence();
    }

    @Override
    public SuiteCipher cipher() {
        return crypto.cipher();
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        over = true;
    }

    @Override
    public boolean isContent() {
        return over;
    }

    @Override
    public X509Certificate peer() {
        return null;
    }

    @Override
    public String refused() {
        return null;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return key.getAlgorithm().equals("RSA") ? RSA_SUITES.clone() : ECDSA_SUITES.clone();
    }

    /** AES first, as for peers. */
    @Override
    protected boolean preferLocalCipherSuites() {
        return true;
    }

    @Override
    public int getHandshakeResendTimeMillis() {
        return Credentials.NEVER_RESEND_MILLIS;
    }

    @Override
    protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException {
        return signer(SignatureAlgorithm.ecdsa);
    }

    @Override
    protected TlsCredentialedSigner getRSASignerCredentials() throws IOException {
        return signer(SignatureAlgorithm.rsa);
    }

    private TlsCredentialedSigner signer(short algorithm) throws IOException {
        TlsCertificate[] shown = new TlsCertificate[chain.size()];
        try {
            for (int i = 0; i < shown.length; i++) {
                shown[i] = crypto.createCertificate(chain.get(i).getEncoded());
            }
        } catch (CertificateEncodingException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
        return new JcaDefaultTlsCredentialedSigner(new TlsCryptoParameters(context), crypto, key, new Certificate(shown),
                TlsUtils.chooseSignatureAndHashAlgorithm(context, context.getSecurityParametersHandshake().getClientSigAlgs(),
                        algorithm));
    }
}
