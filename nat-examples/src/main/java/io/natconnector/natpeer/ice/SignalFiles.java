package io.natconnector.natpeer.ice;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.natconnector.Role;
import io.natconnector.natpeer.cli.JsonLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The files by which the two sides of {@code natpeer ice} talk; see the package's description. One thread writes, one reads; they
 * may be two.
 */
final class SignalFiles {
    private static final long POLL = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String END = "end";

    private final Path directory;
    private final Role role;
    private final boolean trickle;
    private final Set<String> told = new HashSet<>();
    private String ufrag;
    private boolean ended;

    /** @param trickle whether our candidates are told one by one; if not, all at once when gathering is over */
    SignalFiles(Path directory, Role role, boolean trickle) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.role = role;
        this.trickle = trickle;
    }

    void ready() throws IOException {
        write(our(".ready"), "");
    }

    /** @return false when the other side was not ready in time */
    boolean awaitReady(long timeoutNanos) {
        return await(() -> Files.exists(file(their(".ready"))), timeoutNanos);
    }

    void done() throws IOException {
        write(our(".done"), "");
    }

    boolean awaitDone(long timeoutNanos) {
        return await(() -> Files.exists(file(their(".done"))), timeoutNanos);
    }

    /** Tells what is new in these words. Without trickle nothing, until they are complete. */
    void tell(PeerWords words) throws IOException {
        if (ufrag != null && !ufrag.equals(words.ufrag()) || ended || !trickle && !words.complete()) {
            return;                                            // a restart has no place in these files
        }
        ended = words.complete();
        if (!trickle) {
            ufrag = words.ufrag();
            write(our(".json"), json(words, words.candidates()));
            return;
        }
        StringBuilder lines = new StringBuilder();
        words.candidates().stream().filter(told::add).forEach(candidate -> lines.append(candidate).append('\n'));
        lines.append(ended ? END + "\n" : "");
        Files.writeString(file(our(".trickle")), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (ufrag == null) {
            ufrag = words.ufrag();
            write(our(".json"), json(words, List.of()));     // after the other file: its presence means trickle, too
        }
    }

    private String json(PeerWords words, List<String> candidates) {
        JsonLine line = new JsonLine().put("ufrag", words.ufrag()).put("pwd", words.pwd()).put("candidates", candidates)
                .put("trickle", trickle);
        return (words.dtls() == null ? line
                : line.put("fingerprint", words.dtls().fingerprint()).put("setup", words.dtls().setup())).toString();
    }

    /** What the other side has said by now. */
    Hearing hear() {
        return new Hearing();
    }

    private String our(String suffix) {
        return Roles.text(role) + suffix;
    }

    private String their(String suffix) {
        return Roles.text(Roles.other(role)) + suffix;
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void write(String name, String text) throws IOException {
        Path unfinished = Files.writeString(file(name + ".tmp"), text);
        Files.move(unfinished, file(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Looks every millisecond; an interrupt ends it, too. */
    static boolean await(BooleanSupplier condition, long timeoutNanos) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start >= timeoutNanos || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL);
        }
        return true;
    }

    /** Reads what the other side tells, as it comes. One thread. */
    final class Hearing {
        private PeerWords words;
        private boolean trickling;
        private long offset;

        /**
         * Reads on.
         *
         * @return all that was told so far when there is news, else {@code null}
         * @throws IOException if ROLE.json is not what it should be
         */
        PeerWords poll() throws IOException {
            if (words != null && words.complete()) {
                return null;
            }
            PeerWords before = words;
            if (words == null && Files.exists(file(their(".json")))) {
                words = read(file(their(".json")));
            }
            if (words != null && trickling) {
                readTrickle(file(their(".trickle")));
            }
            return words == before ? null : words;
        }

        private PeerWords read(Path file) throws IOException {
            try {
                JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
                JsonElement flag = json.get("trickle");
                trickling = flag != null && flag.getAsBoolean() || Files.exists(file(their(".trickle")));
                String[] candidates = new Gson().fromJson(json.get("candidates"), String[].class);
                return new PeerWords(json.get("ufrag").getAsString(), json.get("pwd").getAsString(),
                        candidates == null ? List.of() : normalised(List.of(candidates)), !trickling, dtls(json));
            } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NullPointerException e) {
                throw new IOException(file + " must hold {\"ufrag\":\"..\",\"pwd\":\"..\",\"candidates\":[..],"
                        + "\"trickle\":true|false}", e);
            }
        }

        private static PeerWords.Dtls dtls(JsonObject json) {
            return json.has("fingerprint") ? new PeerWords.Dtls(json.get("fingerprint").getAsString(),
                    json.has("setup") ? json.get("setup").getAsString() : "actpass") : null;
        }

        private void readTrickle(Path file) throws IOException {
            if (!Files.exists(file)) {
                return;
            }
            byte[] bytes = Files.readAllBytes(file);           // a few lines, and only until they end
            int from = (int) offset;
            List<String> lines = new ArrayList<>();
            for (int at = from; at < bytes.length; at++) {
                if (bytes[at] == '\n') {
                    lines.add(new String(bytes, from, at - from, StandardCharsets.UTF_8).strip());
                    from = at + 1;
                }
            }
            offset = from;
            if (!lines.isEmpty()) {
                words = words.with(normalised(lines), lines.contains(END));
            }
        }

        private static List<String> normalised(List<String> lines) {
            return lines.stream().map(String::strip).map(line -> line.startsWith("a=") ? line.substring(2) : line)
                    .filter(line -> !line.isEmpty() && !line.equals(END))
                    .map(line -> line.startsWith("candidate:") ? line : "candidate:" + line).toList();
        }
    }
}
