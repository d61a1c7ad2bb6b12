package io.natconnector.natpeer.talk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

/** A P-256 key in a file that only its owner can read: the private and the public half, each in PEM (RFC 7468). */
final class KeyFile {
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";

    private KeyFile() { }

    /**
     * The key in the file, which is made with a new one if it is not there.
     *
     * @throws IOException if it can't be read or written, or holds something else
     */
    static KeyPair open(Path file) throws IOException {
        try {
            return Files.exists(file) ? read(Files.readString(file)) : create(file);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(file + ": expected a P-256 key, private and public, as --identity makes it", e);
        }
    }

    private static KeyPair read(String text) throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance("EC");
        return new KeyPair(factory.generatePublic(new X509EncodedKeySpec(block(text, PUBLIC))),
                factory.generatePrivate(new PKCS8EncodedKeySpec(block(text, PRIVATE))));
    }

    private static byte[] block(String text, String what) {
        int from = text.indexOf(begin(what));
        int to = text.indexOf(end(what));
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("no " + what);
        }
        return Base64.getMimeDecoder().decode(text.substring(from + begin(what).length(), to));
    }

    /** One that is not kept. */
    static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has P-256", e);
        }
    }

    private static KeyPair create(Path file) throws IOException {
        KeyPair keys = generate();
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
        String text = pem(PRIVATE, keys.getPrivate().getEncoded()) + pem(PUBLIC, keys.getPublic().getEncoded());
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var channel = Files.newByteChannel(file, options, attributes)) {
            channel.write(StandardCharsets.US_ASCII.encode(text));
        }
        return keys;
    }

    private static String pem(String what, byte[] der) {
        return begin(what) + Base64.getMimeEncoder().encodeToString(der) + "\n" + end(what);
    }

    private static String begin(String what) {
        return "-----BEGIN " + what + "-----\n";
    }

    private static String end(String what) {
        return "-----END " + what + "-----\n";
    }
}
