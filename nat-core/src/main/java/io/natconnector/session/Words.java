package io.natconnector.session;

import io.natconnector.dtls.DtlsFingerprint;
import io.natconnector.ice.Candidate;
import io.natconnector.ice.IceParameters;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one peer tells the other: how to reach it. Always all that there is to tell, so that any order, duplicates and losses do no
 * harm (RFC 8840, section 4.4 asks for the same).
 *
 * @param ice the credentials of the sender's present generation; another user fragment than before is an ICE restart
 * @param lite whether the sender is a lite agent
 * @param renominates whether the sender understands nomination counters
 * @param candidates all that the sender has found so far
 * @param complete whether it will find no more
 * @param dtls how the sender encrypts; empty if it sends plaintext
 * @param note what two of ours add for each other; empty from a foreign peer
 */
public record Words(IceParameters ice, boolean lite, boolean renominates, List<Candidate> candidates, boolean complete,
        Optional<Dtls> dtls, Optional<Note> note) {
    public Words {
        Objects.requireNonNull(ice, "ice");
        Objects.requireNonNull(dtls, "dtls");
        Objects.requireNonNull(note, "note");
        candidates = List.copyOf(candidates);
    }

    /** Those of a sender of plaintext. */
    public Words(IceParameters ice, boolean lite, boolean renominates, List<Candidate> candidates, boolean complete,
            Optional<Note> note) {
        this(ice, lite, renominates, candidates, complete, Optional.empty(), note);
    }

    /** The same with other candidates. */
    Words with(List<Candidate> others) {
        return new Words(ice, lite, renominates, others, complete && others.size() == candidates.size(), dtls, note);
    }

    /** The same of a sender who encrypts. */
    Words with(Dtls encryption) {
        return new Words(ice, lite, renominates, candidates, complete, Optional.of(encryption), note);
    }

    /**
     * How the sender encrypts (RFC 8842).
     *
     * @param fingerprint of the certificate that it will show
     * @param setup whether it speaks first
     * @param id names the association; 20 letters, digits or {@code +/-_} at least, empty from a peer that has none
     */
    public record Dtls(DtlsFingerprint fingerprint, Setup setup, String id) {
        public Dtls {
            Objects.requireNonNull(fingerprint, "fingerprint");
            Objects.requireNonNull(setup, "setup");
            Objects.requireNonNull(id, "id");
        }
    }

    /** Who speaks first (RFC 4145, section 4): the sender, the receiver, or as the receiver likes. */
    public enum Setup { ACTIVE, PASSIVE, ACTPASS }

    /**
     * Lets two of ours tell sessions apart, agree on roles without a conflict, and repeat what got lost.
     *
     * @param session the sender's session: random, new with each connect
     * @param peerSession the receiver's session that the sender means, 0 if it does not know any yet
     * @param tieBreaker the sender's; the higher one of the two controls
     * @param sequence counts what the sender had to say, from 1
     * @param acknowledged the newest sequence of the receiver that the sender has heard
     * @param wantsAnswer whether the sender does not know yet that the receiver has heard this
     * @param numbers whether the sender takes datagrams with a number, and leaves out those that come twice
     * @param surroundings what the sender knows of its network
     * @param meeting an appointment to start at the same moment from fresh ports, or {@code null}
     * @param bye whether the sender has closed the session
     */
    public record Note(long session, long peerSession, long tieBreaker, int sequence, int acknowledged, boolean wantsAnswer,
            boolean numbers, Surroundings surroundings, Meeting meeting, boolean bye) {
        /** Says that the session is over, and nothing else. */
        public static Note bye(long session, long peerSession) {
            return new Note(session, peerSession, 0, 1, 0, false, false, Surroundings.UNKNOWN, null, true);
        }
    }

    /** The text form, as {@code application/trickle-ice-sdpfrag} (RFC 8840, section 9). */
    public String text() {
        return WordsText.write(this);
    }

    /**
     * Reads the text form, from us or from any other implementation.
     *
     * @throws IllegalArgumentException if it is not well formed; the message says what was expected
     */
    public static Words parse(String text) {
        return WordsText.read(text);
    }
}
