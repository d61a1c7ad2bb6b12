package io.natconnector;

import java.io.IOException;
import java.io.Reader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What a server proves by that it is the one which its clients look for.
 *
 * @param chain its own certificate first, then those that vouch for it
 */
record ServerCertificate(PrivateKey key, List<X509Certificate> chain) {
    private static final int DAYS = 365;

    /**
     * Reads the usual two files.
     *
     * @param certificates PEM, the server's own first
     * @param key PEM, not encrypted: PKCS #8, or what OpenSSL writes for RSA and EC keys
     * @throws IOException if a file can't be read or does not hold what it should; the message names it
     */
    static ServerCertificate read(Path certificates, Path key) throws IOException {
        List<X509Certificate> chain = new ArrayList<>();
        for (Object each : pem(certificates)) {
            if (each instanceof X509CertificateHolder holder) {
                try {
                    chain.add(new JcaX509CertificateConverter().getCertificate(holder));
                } catch (GeneralSecurityException e) {
                    throw new IOException(certificates + " holds a certificate that can't be read: " + e.getMessage(), e);
                }
            }
        }
        if (chain.isEmpty()) {
            throw new IOException(certificates + " holds no certificate; expected PEM, -----BEGIN CERTIFICATE-----");
        }
        ServerCertificate read = new ServerCertificate(privateKey(key), List.copyOf(chain));
        if (!read.key.getAlgorithm().equals(chain.get(0).getPublicKey().getAlgorithm())) {
            throw new IOException(key + " is not the key of the first certificate in " + certificates);
        }
        return read;
    }

    private static PrivateKey privateKey(Path file) throws IOException {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        for (Object each : pem(file)) {
            if (each instanceof PEMKeyPair pair) {
                return converter.getPrivateKey(pair.getPrivateKeyInfo());
            }
            if (each instanceof PrivateKeyInfo info) {
                return converter.getPrivateKey(info);
            }
            if (each instanceof PEMEncryptedKeyPair) {
                throw new IOException(file + " holds an encrypted key; one without a password is needed");
            }
        }
        throw new IOException(file + " holds no private key; expected PEM, -----BEGIN PRIVATE KEY-----");
    }

    private static List<Object> pem(Path file) throws IOException {
        List<Object> all = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(file); PEMParser parser = new PEMParser(reader)) {
            for (Object each; (each = parser.readObject()) != null; ) {
                all.add(each);
            }
        } catch (IOException e) {
            throw new IOException(file + " can't be read: " + e, e);
        }
        return all;
    }

    /** A new one that nobody vouches for, for a year: for tests, and for clients that are told to trust just this one. */
    static ServerCertificate selfSigned(List<String> names, List<InetAddress> addresses, SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair keys = generator.generateKeyPair();
            List<GeneralName> subjects = new ArrayList<>();
            names.forEach(name -> subjects.add(new GeneralName(GeneralName.dNSName, name)));
            addresses.forEach(address -> subjects.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
            X500Name name = new X500Name("CN=natconnector self-signed");
            Instant now = Instant.now();                       // a certificate is a thing of the calendar
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(name, new BigInteger(120, random).setBit(0),
                    Date.from(now.minus(1, ChronoUnit.DAYS)), Date.from(now.plus(DAYS, ChronoUnit.DAYS)), name, keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            if (!subjects.isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false,
                        new GeneralNames(subjects.toArray(GeneralName[]::new)));
            }
            X509CertificateHolder holder =
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").setSecureRandom(random).build(keys.getPrivate()));
            return new ServerCertificate(keys.getPrivate(), List.of(new JcaX509CertificateConverter().getCertificate(holder)));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("every JVM has P-256", e);
        }
    }
}
