package io.natconnector.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * A certificate's hash as signalling carries it (RFC 8122, section 5), for example {@code sha-256 4A:AD:B9:...}.
 *
 * @param algorithm {@code sha-256}, {@code sha-384} or {@code sha-512}
 * @param hash in upper-case hex with colons
 */
public record DtlsFingerprint(String algorithm, String hash) {
    private static final HexFormat HEX = HexFormat.ofDelimiter(":").withUpperCase();
    /** RFC 8122, section 5: SHA-256 MUST be supported; older ones MUST NOT be used for certificates nowadays. */
    private static final Map<String, Integer> LENGTHS = Map.of("sha-256", 32, "sha-384", 48, "sha-512", 64);

    public DtlsFingerprint {
        algorithm = algorithm.toLowerCase(Locale.ROOT);
        hash = hash.toUpperCase(Locale.ROOT);
        Integer length = LENGTHS.get(algorithm);
        if (length == null) {
            throw new IllegalArgumentException("expected a fingerprint by sha-256, sha-384 or sha-512, not " + algorithm);
        }
        if (!hash.matches("[0-9A-F]{2}(:[0-9A-F]{2}){" + (length - 1) + "}")) {
            throw new IllegalArgumentException("expected " + length + " hex pairs with colons for " + algorithm + ", not " + hash);
        }
    }

    /** Reads {@code sha-256 4A:AD:...}. */
    public static DtlsFingerprint parse(String text) {
        String[] parts = text.strip().split(" +");
        if (parts.length != 2) {
            throw new IllegalArgumentException("expected an algorithm and a hash, not '" + text + "'");
        }
        return new DtlsFingerprint(parts[0], parts[1]);
    }

    /** SHA-256 of a certificate in its DER form. */
    public static DtlsFingerprint of(byte[] certificate) {
        return new DtlsFingerprint("sha-256", HEX.formatHex(digest("sha-256", certificate)));
    }

    /** SHA-256 of a certificate. */
    public static DtlsFingerprint of(X509Certificate certificate) {
        try {
            return of(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate has a DER form", e);
        }
    }

    /** Whether it is of this certificate, in DER form. */
    public boolean matches(byte[] certificate) {
        return MessageDigest.isEqual(digest(algorithm, certificate), HEX.parseHex(hash));
    }

    private static byte[] digest(String algorithm, byte[] certificate) {
        try {
            return MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT)).digest(certificate);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-2", e);
        }
    }

    @Override
    public String toString() {
        return algorithm + " " + hash;
    }
}
