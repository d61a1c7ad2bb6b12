package io.natconnector.natpeer.ice;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What one side tells the other, in whatever form: all that it has found so far.
 *
 * @param ufrag user fragment of this generation
 * @param pwd its password
 * @param candidates lines of RFC 8839, section 5.1, {@code candidate:} in front, without {@code a=}
 * @param complete whether there will be no more
 * @param dtls how it encrypts; {@code null} if it does not
 */
record PeerWords(String ufrag, String pwd, List<String> candidates, boolean complete, Dtls dtls) {
    private static final String UFRAG = "a=ice-ufrag:";
    private static final String PWD = "a=ice-pwd:";
    private static final String FINGERPRINT = "a=fingerprint:";
    private static final String SETUP = "a=setup:";
    private static final String CANDIDATE = "a=candidate:";
    private static final String END = "a=end-of-candidates";

    PeerWords {
        Objects.requireNonNull(ufrag, "ufrag");
        Objects.requireNonNull(pwd, "pwd");
        candidates = List.copyOf(candidates);
    }

    /** Those of one who does not encrypt. */
    PeerWords(String ufrag, String pwd, List<String> candidates, boolean complete) {
        this(ufrag, pwd, candidates, complete, null);
    }

    /**
     * The values of the lines of RFC 8122 and RFC 8842.
     *
     * @param fingerprint for example {@code sha-256 4A:AD:...}
     * @param setup {@code active}, {@code passive} or {@code actpass}
     */
    record Dtls(String fingerprint, String setup) {
        Dtls {
            Objects.requireNonNull(fingerprint, "fingerprint");
            Objects.requireNonNull(setup, "setup");
        }
    }

    /** Reads {@code application/trickle-ice-sdpfrag} text (RFC 8840, section 9). */
    static PeerWords fromFragment(String text) {
        String ufrag = null;
        String pwd = null;
        String fingerprint = null;
        String setup = "actpass";
        boolean complete = false;
        List<String> candidates = new ArrayList<>();
        for (String line : (Iterable<String>) text.lines()::iterator) {
            if (line.startsWith(UFRAG)) {
                ufrag = line.substring(UFRAG.length());
            } else if (line.startsWith(PWD)) {
                pwd = line.substring(PWD.length());
            } else if (line.startsWith(FINGERPRINT)) {
                fingerprint = line.substring(FINGERPRINT.length());
            } else if (line.startsWith(SETUP)) {
                setup = line.substring(SETUP.length());
            } else if (line.startsWith(CANDIDATE)) {
                candidates.add(line.substring(2));
            } else if (line.equals(END)) {
                complete = true;
            }
        }
        return new PeerWords(ufrag, pwd, candidates, complete, fingerprint == null ? null : new Dtls(fingerprint, setup));
    }

    /** Writes the same, as a foreign peer would: with nothing in it that only two of ours understand. */
    String toFragment() {
        StringBuilder text = new StringBuilder(256);
        text.append("a=ice-options:trickle ice2\r\n").append(UFRAG).append(ufrag).append("\r\n").append(PWD).append(pwd)
                .append("\r\n");
        if (dtls != null) {
            text.append(FINGERPRINT).append(dtls.fingerprint()).append("\r\n").append(SETUP).append(dtls.setup()).append("\r\n");
        }
        text.append("m=application 9 UDP 0\r\na=mid:0\r\n");
        candidates.forEach(candidate -> text.append("a=").append(candidate).append("\r\n"));
        return text.append(complete ? END + "\r\n" : "").toString();
    }

    PeerWords with(List<String> more, boolean ended) {
        List<String> all = new ArrayList<>(candidates);
        all.addAll(more);
        return new PeerWords(ufrag, pwd, all, ended, dtls);
    }
}
