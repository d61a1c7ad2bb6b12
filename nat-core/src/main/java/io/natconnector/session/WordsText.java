package io.natconnector.session;

import io.natconnector.dtls.DtlsFingerprint;
import io.natconnector.ice.Candidate;
import io.natconnector.ice.CandidateLine;
import io.natconnector.ice.IceParameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The text form of {@link Words}: RFC 8840, section 9, with the grammar of RFC 8839.
 *
 * <pre>
 * a=ice-options:trickle ice2 renomination
 * a=ice-ufrag:8hhY
 * a=ice-pwd:asd88fgpdd777uzjYhagZg
 * a=fingerprint:sha-256 4A:AD:..
 * a=setup:actpass
 * a=tls-id:1f6a..
 * a=natconnector:session=1f.. peer=0 tie=9c.. seq=1 ack=0 answer=1 numbers=1 nat=sequential stride=2 relays=203.0.113.5/25000
 * m=application 9 UDP 0
 * a=mid:0
 * a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host
 * a=end-of-candidates
 * </pre>
 */
final class WordsText {
    private static final int MAX_LENGTH = 64 * 1024;
    private static final int MAX_CANDIDATES = 100;
    private static final String NOTE = "natconnector";

    private WordsText() { }

    static String write(Words words) {
        StringBuilder text = new StringBuilder(512);
        if (words.lite()) {
            line(text, "a=ice-lite");
        }
        line(text, "a=ice-options:trickle ice2" + (words.renominates() ? " renomination" : ""));
        line(text, "a=ice-ufrag:" + words.ice().ufrag());
        line(text, "a=ice-pwd:" + words.ice().pwd());
        words.dtls().ifPresent(dtls -> {
            line(text, "a=fingerprint:" + dtls.fingerprint());
            line(text, "a=setup:" + dtls.setup().name().toLowerCase(Locale.ROOT));
            if (!dtls.id().isEmpty()) {
                line(text, "a=tls-id:" + dtls.id());
            }
        });
        words.note().ifPresent(note -> line(text, "a=" + NOTE + ":session=" + Long.toHexString(note.session())
                + " peer=" + Long.toHexString(note.peerSession()) + " tie=" + Long.toHexString(note.tieBreaker())
                + " seq=" + note.sequence() + " ack=" + note.acknowledged()
                + (note.wantsAnswer() ? " answer=1" : "") + (note.numbers() ? " numbers=1" : "")
                + SurroundingsText.write(note.surroundings())
                + (note.meeting() == null ? "" : " meet=" + note.meeting().text()) + (note.bye() ? " bye=1" : "")));
        line(text, "m=application 9 UDP 0");
        line(text, "a=mid:0");
        words.candidates().forEach(candidate -> line(text, "a=" + CandidateLine.write(candidate)));
        if (words.complete()) {
            line(text, "a=end-of-candidates");
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append("\r\n");
    }

    static Words read(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("words have at most " + MAX_LENGTH + " characters, not " + text.length());
        }
        Map<String, String> values = new HashMap<>();
        List<Candidate> candidates = new ArrayList<>();
        boolean lite = false;
        boolean complete = false;
        for (String line : text.split("\r?\n")) {
            if (line.startsWith("a=candidate:")) {
                // What we can't use, and what is beyond the limit, is left out: the rest may be enough.
                CandidateLine.parse(line).filter(candidate -> candidates.size() < MAX_CANDIDATES).ifPresent(candidates::add);
            } else if (line.equals("a=ice-lite")) {
                lite = true;
            } else if (line.equals("a=end-of-candidates")) {
                complete = true;
            } else if (line.startsWith("a=") && line.indexOf(':') > 0) {
                int colon = line.indexOf(':');
                values.putIfAbsent(line.substring(2, colon), line.substring(colon + 1).strip());
            }
        }
        IceParameters ice = new IceParameters(required(values, "ice-ufrag"), required(values, "ice-pwd"));
        boolean renominates = (" " + values.getOrDefault("ice-options", "") + " ").contains(" renomination ");
        return new Words(ice, lite, renominates, candidates, complete, dtls(values), note(values.get(NOTE)));
    }

    private static Optional<Words.Dtls> dtls(Map<String, String> values) {
        String fingerprint = values.get("fingerprint");
        if (fingerprint == null) {
            return Optional.empty();
        }
        String setup = values.getOrDefault("setup", "actpass");
        String id = values.getOrDefault("tls-id", "");
        if (!setup.matches("active|passive|actpass")) {
            throw new IllegalArgumentException("a=setup wants active, passive or actpass, not '" + setup + "'");
        }
        if (!id.isEmpty() && !id.matches("[A-Za-z0-9+/_-]{20,255}")) {
            throw new IllegalArgumentException("a=tls-id wants 20 to 255 letters, digits or +/-_, not '" + id + "'");
        }
        return Optional.of(new Words.Dtls(DtlsFingerprint.parse(fingerprint),
                Words.Setup.valueOf(setup.toUpperCase(Locale.ROOT)), id));
    }

    private static String required(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("expected trickle-ice-sdpfrag text (RFC 8840) with a line a=" + name + ":...");
        }
        return value;
    }

    private static Optional<Words.Note> note(String value) {
        if (value == null) {
            return Optional.empty();
        }
        Map<String, String> fields = new HashMap<>();
        for (String field : value.split(" +")) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.putIfAbsent(field.substring(0, equals), field.substring(equals + 1));
            }
        }
        return Optional.of(new Words.Note(hex(fields, "session"), hex(fields, "peer"), hex(fields, "tie"),
                count(fields, "seq"), count(fields, "ack"), "1".equals(fields.get("answer")),
                "1".equals(fields.get("numbers")),
                SurroundingsText.read(fields), Meeting.parse(fields.get("meet")), "1".equals(fields.get("bye"))));
    }

    private static long hex(Map<String, String> fields, String name) {
        String value = fields.getOrDefault(name, "");
        if (!value.matches("[0-9a-f]{1,16}")) {
            throw new IllegalArgumentException("a=" + NOTE + " wants " + name + "= with 1 to 16 hex digits, not '" + value + "'");
        }
        return Long.parseUnsignedLong(value, 16);
    }

    private static int count(Map<String, String> fields, String name) {
        String value = fields.getOrDefault(name, "");
        if (!value.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("a=" + NOTE + " wants " + name + "= with 1 to 9 digits, not '" + value + "'");
        }
        return Integer.parseInt(value);
    }
}
