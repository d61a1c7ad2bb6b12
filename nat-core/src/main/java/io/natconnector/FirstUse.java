package io.natconnector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.natconnector.dtls.DtlsFingerprint;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers whom it has met, in a file if there is one. Any thread. */
final class FirstUse implements KnownPeers {
    /** Strangers must not fill the memory, or the disk. */
    static final int MOST = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(FirstUse.class);

    private final Map<String, String> known = new HashMap<>();
    private final Path file;

    FirstUse() {
        this.file = null;
    }

    FirstUse(Path file) throws IOException {
        this.file = file;
        int number = 0;
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            number++;
            if (!line.isBlank()) {
                try {
                    int space = line.strip().lastIndexOf(' ');
                    known.put(URLDecoder.decode(line.strip().substring(space + 1), UTF_8),
                            DtlsFingerprint.parse(line.strip().substring(0, Math.max(space, 0))).toString());
                } catch (IllegalArgumentException e) {
                    throw new IOException(file + ", line " + number + ": expected 'sha-256 4A:AD:... NAME'", e);
                }
            }
        }
    }

    @Override
    public synchronized Optional<String> objection(String peer, PeerIdentity identity) {
        String before = known.get(peer);
        if (before != null) {
            return objection(before, identity.fingerprint());
        }
        if (known.size() >= MOST) {
            return Optional.of("too many peers are known already");
        }
        known.put(peer, identity.fingerprint());
        if (file != null) {
            note(identity.fingerprint() + " " + URLEncoder.encode(peer, UTF_8) + "\n");
        }
        return Optional.empty();
    }

    static Optional<String> objection(String expected, String shown) {
        return expected.equals(shown) ? Optional.empty() : Optional.of("known as " + expected + ", now shows " + shown);
    }

    private void note(String line) {
        try {
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn("{} could not be noted in {}, so it will be met for the first time once more", line.strip(), file, e);
        }
    }
}
