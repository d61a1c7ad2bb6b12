package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The files for one peer. A message is written under another name and then renamed, so that nobody sees half of it. */
final class Mailbox {
    /** Milliseconds. */
    static final long EXPIRY = 60_000;
    private static final String READY = ".words";
    private static final String UNFINISHED = ".part";
    /** Beyond this a file is rubbish even if clocks differ. */
    private static final long RUBBISH = 2 * EXPIRY;
    private static final int MAX_FILES = 256;
    private static final int MAX_FILE = MqttPackets.MAX_PACKET;
    private static final int MAX_ENCODED = 120;

    private final Path directory;
    private final LongSupplier clock;

    /** @throws IllegalArgumentException if the name is none */
    Mailbox(Path root, String name, LongSupplier clock) {
        this.directory = root.resolve("to-" + fileName(name));
        this.clock = clock;
    }

    /** File systems allow 255 bytes, and some paths only 260 in all. */
    private static String fileName(String name) {
        String encoded = PeerName.encoded(name);
        return encoded.length() <= MAX_ENCODED ? encoded
                : "%" + HexFormat.of().formatHex(Hkdf.hmac("long name".getBytes(UTF_8), PeerName.utf8(name)));
    }

    void put(Letter letter, byte[] content) throws IOException {
        Files.createDirectories(directory);
        if (list().size() >= MAX_FILES && sweep() >= MAX_FILES) {
            throw new IOException(MAX_FILES + " messages lie unread in " + directory);
        }
        String name = String.format("%013d-%016x%016x", letter.time(), letter.id().high(), letter.id().low());
        Path unfinished = directory.resolve(name + UNFINISHED);
        try {
            Files.write(unfinished, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(unfinished, directory.resolve(name + READY), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    /** Takes the messages out, oldest first. */
    void take(Consumer<byte[]> receiver) throws IOException {
        Files.createDirectories(directory);
        boolean swept = false;
        for (Path file : list()) {
            if (file.toString().endsWith(READY)) {
                take(file, receiver);
            } else if (!swept) {
                sweep();                                      // what a sender left unfinished when it died
                swept = true;
            }
        }
    }

    private static void take(Path file, Consumer<byte[]> receiver) throws IOException {
        byte[] content = null;
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory()) {
                return;                                       // not ours, and can't be removed as a file
            }
            if (attributes.isRegularFile() && attributes.size() <= MAX_FILE) {
                content = Files.readAllBytes(file);
            }
            Files.delete(file);
        } catch (NoSuchFileException e) {
            return;                                           // another peer of the same name was quicker
        }
        if (content != null) {
            receiver.accept(content);
        }
    }

    /** Removes what is too old to be of use. Returns how many files are left. */
    private int sweep() throws IOException {
        int left = 0;
        for (Path file : list()) {
            try {
                if (clock.getAsLong() - Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis() > RUBBISH) {
                    Files.deleteIfExists(file);
                } else {
                    left++;
                }
            } catch (NoSuchFileException e) {
                continue;
            }
        }
        return left;
    }

    /** Our files by name, which begins with the time; a bounded number of them. */
    private List<Path> list() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*{" + READY + "," + UNFINISHED + "}")) {
            for (Path file : all) {
                files.add(file);
                if (files.size() >= 2 * MAX_FILES) {
                    break;
                }
            }
        }
        files.sort(null);
        return files;
    }

    void removeIfEmpty() {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // It is not empty, or gone: words for our next self, or for another of the same name
            return;
        }
    }
}
