package io.natconnector.dtls;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/** The JVM's own cryptography for one handshake, and the keys that come of it. */
final class JdkCrypto extends JcaTlsCrypto {
    private SuiteCipher cipher;

    JdkCrypto(SecureRandom random) {
        super(new DefaultJcaJceHelper(), random, random);
    }

    @Override
    public boolean hasEncryptionAlgorithm(int algorithm) {
        return Suite.ofAlgorithm(algorithm) != null;
    }

    @Override
    public TlsCipher createCipher(TlsCryptoParameters parameters, int algorithm, int mac) throws IOException {
        Suite suite = Suite.ofAlgorithm(algorithm);
        if (suite == null) {
            return super.createCipher(parameters, algorithm, mac);
        }
        cipher = new SuiteCipher(suite, parameters);
        return cipher;
    }

    /** The keys; {@code null} before they are agreed on. */
    SuiteCipher cipher() {
        return cipher;
    }
}
