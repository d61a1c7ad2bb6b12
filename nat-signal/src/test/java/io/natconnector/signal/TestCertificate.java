package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * A self-signed certificate for 127.0.0.1, made by the JDK's keytool.
 *
 * @param pem the certificate in a file
 */
record TestCertificate(PrivateKey key, X509Certificate certificate, Path pem) {
    private static final String PASSWORD = "changeit";

    /** @param address what the certificate is for, an IP address */
    static TestCertificate in(Path directory, String address) throws Exception {
        Path store = directory.resolve("keys-" + address + ".p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
                "-alias", "test", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=test", "-validity", "2",
                "-ext", "SAN=ip:" + address, "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD)
                .inheritIO().start();
        assertThat(keytool.waitFor(60, SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        X509Certificate certificate = (X509Certificate) keys.getCertificate("test");
        Path pem = directory.resolve("certificate-" + address + ".pem");
        Files.writeString(pem, "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n", US_ASCII);
        return new TestCertificate((PrivateKey) keys.getKey("test", PASSWORD.toCharArray()), certificate, pem);
    }
}
