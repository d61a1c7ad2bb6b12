package io.natconnector.ice;

import io.natconnector.stun.Machine;
import io.natconnector.stun.Retransmission;

/** One local and one remote candidate, and how the checks between them stand (RFC 8445, section 6.1.2). */
final class CandidatePair {
    /** Section 6.1.2.6; there is no Frozen, as there is one component only. */
    enum State { WAITING, IN_PROGRESS, SUCCEEDED, FAILED }

    /**
     * When the first check from a relayed address is repeated: it often reaches the peer's relay a moment before the peer's
     * permission for us does, and is dropped there. In place of the schedule's first repetition.
     */
    private static final long AFTER_PERMISSION = 10_000_000;
    private static final long SLACK = 50_000_000;   // nanoseconds of jitter that are nothing to worry about

    final Candidate local;                          // a base: host or relayed
    Candidate remote;
    long priority;
    State state = State.WAITING;

    /** The local candidate that the peer sees, once an answer has told. */
    Candidate seenAs;
    long roundTrip;
    long smoothedRoundTrip;                         // RFC 6298, section 2: an eighth of each new one
    long confirmedAt;                               // when the newest answer came
    long nextCheckAt;                               // of a succeeded pair: heartbeat, consent or keep-alive
    long unansweredSince = Machine.NEVER;           // when the oldest question was asked that may still be answered
    boolean doubted;                                // as of the last judgement
    boolean down;                                   // valid, but silent for too long
    long upSince = Machine.NEVER;                   // when it began to answer again
    long startedAt;
    long lastSentAt = -1;
    int sent;                                       // since startedAt
    int most = Integer.MAX_VALUE;                   // to be sent, if the schedule has more

    // The controlling side wants to nominate this pair / has; the controlled side was told to use it.
    boolean nominating;
    long nominatingSince;
    int nominatingSent;
    boolean nominated;
    int nomination;                                 // the counter of a nomination that may move; 0: none was told
    boolean useCandidate;

    private PathMtu mtu;                            // only of those that have been in use

    String outcome = "";
    int checksSent;
    int answersReceived;
    int requestsReceived;

    CandidatePair(Candidate local, Candidate remote, IceRole role) {
        this.local = local;
        this.remote = remote;
        rank(role);
    }

    void rank(IceRole role) {
        priority = role == IceRole.CONTROLLING
                ? Priorities.pair(local.priority(), remote.priority()) : Priorities.pair(remote.priority(), local.priority());
    }

    boolean isValid() {
        return state == State.SUCCEEDED;
    }

    boolean isPending() {
        return state == State.WAITING || state == State.IN_PROGRESS;
    }

    boolean isRelayed() {
        return local.type() == CandidateType.RELAYED || remote.type() == CandidateType.RELAYED;
    }

    /** Starts over with the quick part of the schedule. */
    void restart() {
        state = State.WAITING;
        sent = 0;
        most = Integer.MAX_VALUE;
    }

    void checkSent(long now) {
        if (state == State.WAITING) {
            state = State.IN_PROGRESS;
            startedAt = now;
            sent = 0;
        }
        sent++;
        checksSent++;
        lastSentAt = now;
        unansweredSince = Machine.NEVER;
    }

    void fail(String why) {
        state = State.FAILED;
        outcome = why;
        unansweredSince = Machine.NEVER;
        down = false;
        upSince = Machine.NEVER;
        nominating = false;
        nominated = false;
        useCandidate = false;
    }

    /** Another check of a pair that is valid already. */
    void asked(long now) {
        lastSentAt = now;
        checksSent++;
        if (unansweredSince == Machine.NEVER) {
            unansweredSince = now;
        }
    }

    /** The check that was sent at {@code sentAt} was answered. */
    void answered(long sentAt, long now) {
        if (state != State.SUCCEEDED) {
            state = State.SUCCEEDED;
            down = false;
        }
        answersReceived++;
        roundTrip = Math.max(1, now - sentAt);
        smoothedRoundTrip = smoothedRoundTrip == 0 ? roundTrip : smoothedRoundTrip + (roundTrip - smoothedRoundTrip) / 8;
        confirmedAt = now;
        outcome = "answered";
        if (down && upSince == Machine.NEVER) {
            upSince = now;
        }
        unansweredSince = lastSentAt > sentAt ? lastSentAt : Machine.NEVER;
    }

    /** How long an answer may take before the pair is doubtful: half as long again as the last one took, and some. */
    long patience() {
        return roundTrip + roundTrip / 2 + SLACK;
    }

    boolean isDoubtful(long now) {
        return down || unansweredSince != Machine.NEVER && now - unansweredSince >= patience();
    }

    /** When the next ordinary check is due, or the pair is to be given up. */
    long due(Retransmission schedule) {
        return switch (state) {
            case WAITING -> 0;
            case IN_PROGRESS -> sent == 1 && local.type() == CandidateType.RELAYED
                    ? startedAt + AFTER_PERMISSION : schedule.due(startedAt, sent);
            case SUCCEEDED, FAILED -> Machine.NEVER;
        };
    }

    long nominationDue(Retransmission schedule) {
        return nominating ? schedule.due(nominatingSince, nominatingSent) : Machine.NEVER;
    }

    /** What is known, and being found out, of how long datagrams may be. */
    PathMtu mtu() {
        mtu = mtu == null ? new PathMtu(local.isIpv6(), isRelayed()) : mtu;
        return mtu;
    }

    int provenMtu() {
        return mtu == null ? PathMtu.BASE : mtu.proven();
    }

    IcePath path() {
        return new IcePath(seenAs == null ? local : seenAs, remote, roundTrip, provenMtu());
    }

    @Override
    public String toString() {
        return local + " -> " + remote + " " + state;
    }
}
