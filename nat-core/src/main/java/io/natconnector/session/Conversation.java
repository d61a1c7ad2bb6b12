package io.natconnector.session;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.IceAgent;
import io.natconnector.ice.IcePath;
import io.natconnector.stun.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says to the peer what it must know, once it changes, and again until it has it. Signalling may lose, repeat and reorder.
 */
final class Conversation {
    private static final long FIRST_REPEAT = MILLISECONDS.toNanos(500);
    private static final long LONGEST_REPEAT = MILLISECONDS.toNanos(2_000);
    /** Who has not answered for so long is away, and is asked now and then. */
    private static final long AWAY = SECONDS.toNanos(30);
    private static final long LONGEST_REPEAT_AWAY = SECONDS.toNanos(30);
    /** How many former user fragments of the peer are remembered, so that late words of old times are told from a restart. */
    private static final int REMEMBERED = 8;

    /** What words of the peer mean to a session. */
    enum Meaning { NEWS, KNOWN, STALE, ANOTHER_SESSION, BYE }

    private final long session;
    private long peerSession;
    private int sequence;
    private int acknowledged;                           // newest of ours that the peer has
    private int heard;                                  // newest of the peer's that we have
    private boolean peerIsOurs;
    private boolean heardAnything;
    private boolean changed;
    private boolean owesAnswer;
    private Surroundings surroundings = Surroundings.UNKNOWN;
    private long saidAt;
    private long roundTrip = Long.MAX_VALUE;
    private boolean bye;
    private boolean settled;
    private long repeatAt = Machine.NEVER;
    private long repeatAfter = FIRST_REPEAT;
    private final List<String> formerUfrags = new ArrayList<>();

    Conversation(long session) {
        this.session = session;
    }

    /** What names this side of the session. */
    long session() {
        return session;
    }

    boolean heardAnything() {
        return heardAnything;
    }

    /**
     * How long words take to the peer and back, in nanoseconds: the shortest time that it took to answer what we said, or a round
     * trip of the path, if there is one, as words go over it, too. 0 as long as neither is known.
     */
    long roundTrip(IcePath path) {
        long shortest = peerIsOurs && path != null ? Math.min(roundTrip, path.roundTrip()) : roundTrip;
        return shortest == Long.MAX_VALUE ? 0 : shortest;
    }

    boolean peerIsOurs() {
        return peerIsOurs;
    }

    /** What we know of our network; the peer should know, too. */
    void surroundings(Surroundings known) {
        if (!surroundings.equals(known)) {
            surroundings = known;
            change();
        }
    }

    Surroundings surroundings() {
        return surroundings;
    }

    /** There is something new to say. */
    void change() {
        if (!changed) {
            changed = true;
            sequence++;
            repeatAfter = FIRST_REPEAT;
        }
    }

    void bye() {
        bye = true;
        change();
    }

    /** There is another path, and words go over it: what the peer has not acknowledged is said again at once. */
    void again(long now) {
        if (peerIsOurs && acknowledged < sequence) {
            repeatAt = now;
            repeatAfter = FIRST_REPEAT;
        }
    }

    /** Stops repeating to a foreign peer: connected, it has heard what matters. One of ours tells what it has heard. */
    void settle(boolean isSettled) {
        settled = isSettled;
    }

    /** Notes what the peer says, and tells what it means. */
    Meaning hear(Words words, long now) {
        Words.Note note = words.note().orElse(null);
        String ufrag = words.ice().ufrag();
        if (note == null) {
            heardAnything = true;
            return formerUfrags.contains(ufrag) ? Meaning.STALE : Meaning.NEWS;
        }
        if (note.peerSession() != 0 && note.peerSession() != session) {
            return Meaning.STALE;
        }
        if (peerSession != 0 && peerSession != note.session()) {
            return Meaning.ANOTHER_SESSION;
        }
        peerSession = note.session();
        peerIsOurs = true;
        heardAnything = true;
        if (note.acknowledged() == sequence && acknowledged < sequence) {
            roundTrip = Math.min(roundTrip, now - saidAt);
        }
        acknowledged = Math.max(acknowledged, note.acknowledged());
        owesAnswer |= note.wantsAnswer();
        if (note.bye()) {
            return Meaning.BYE;
        }
        if (note.sequence() < heard || formerUfrags.contains(ufrag)) {
            return Meaning.STALE;
        }
        Meaning meaning = note.sequence() == heard ? Meaning.KNOWN : Meaning.NEWS;
        heard = note.sequence();
        return meaning;
    }

    /** Words under this user fragment are of old times from now on. */
    void forget(String ufrag) {
        formerUfrags.add(ufrag);
        if (formerUfrags.size() > REMEMBERED) {
            formerUfrags.remove(0);
        }
    }

    /** What is to be said now, or {@code null}. */
    Words next(IceAgent agent, List<Candidate> candidates, boolean complete, Meeting meeting, long now) {
        if (changed) {
            saidAt = now;
        }
        boolean repeat = now >= nextTimeout();
        if (!changed && !owesAnswer && !repeat) {
            return null;
        }
        changed = false;
        owesAnswer = false;
        boolean wantsAnswer = !bye && (peerIsOurs ? acknowledged < sequence : !settled && !heardAnything);
        repeatAt = wantsAnswer ? now + repeatAfter : Machine.NEVER;
        repeatAfter = Math.min(2 * repeatAfter, now - saidAt < AWAY ? LONGEST_REPEAT : LONGEST_REPEAT_AWAY);
        Words.Note note = new Words.Note(
                session, peerSession, agent.tieBreaker(), sequence, heard, wantsAnswer, true, surroundings, meeting, bye);
        return new Words(agent.localParameters(), false, true, candidates, complete, Optional.of(note));
    }

    long nextTimeout() {
        return !peerIsOurs && (settled || heardAnything) || peerIsOurs && acknowledged >= sequence ? Machine.NEVER : repeatAt;
    }
}
