package io.natconnector.dtls;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/**
 * The JVM's own cryptography, whose AES-GCM is ten times as fast as that in pure Java; and Bouncy Castle's for what the JVM names
 * otherwise, which is ChaCha20-Poly1305.
 */
final class JdkCrypto extends JcaTlsCrypto {
    JdkCrypto(SecureRandom random) {
        super(new Helper(), random, random);
    }

    private static final class Helper extends DefaultJcaJceHelper {
        @Override
        public Cipher createCipher(String name) throws NoSuchAlgorithmException, NoSuchPaddingException {
            return name.equals("ChaCha7539") ? Cipher.getInstance(name, Fallback.PROVIDER) : super.createCipher(name);
        }

        @Override
        public Mac createMac(String name) throws NoSuchAlgorithmException {
            return name.equals("Poly1305") ? Mac.getInstance(name, Fallback.PROVIDER) : super.createMac(name);
        }
    }

    /** Dear to make, and wanted by few. */
    private static final class Fallback {
        static final Provider PROVIDER = new BouncyCastleProvider();
    }
}
