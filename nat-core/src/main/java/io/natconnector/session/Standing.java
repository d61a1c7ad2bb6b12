package io.natconnector.session;

import io.natconnector.ice.IcePath;
import io.natconnector.stun.Machine;
import java.security.cert.X509Certificate;

/** How a session stands: whether it is connected, by which path, until when that may last; and tells of each change. */
final class Standing {
    private enum State { CONNECTING, CONNECTED, INTERRUPTED, ENDED }

    private final PeerSession session;
    private final SessionSettings settings;
    private final Events events;
    private final long openedAt;
    private State state = State.CONNECTING;
    private IcePath path;
    private IcePath newPath;
    private boolean doubtful;
    private long deadline;
    private long connectedAt = -1;

    Standing(PeerSession session, SessionSettings settings, Events events, long now) {
        this.session = session;
        this.settings = settings;
        this.events = events;
        this.openedAt = now;
        this.deadline = now + settings.connectTimeout();
    }

    /** What data goes over now, or {@code null}. */
    IcePath path() {
        return path;
    }

    boolean isDirect() {
        return path != null && !path.isRelayed();
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    boolean isEnded() {
        return state == State.ENDED;
    }

    /** Data goes this way from now on. */
    void selected(IcePath selected) {
        IcePath before = path;
        path = selected;
        newPath = selected;
        if (state == State.CONNECTED || state == State.INTERRUPTED) {
            state = State.CONNECTED;
            deadline = Machine.NEVER;
            if (!selected.isSameWay(before)) {
                events.add(new SessionEvent.PathChanged(session, before, selected));
            }
        }
    }

    /** Longer datagrams than before are known to pass, or not to pass any more. */
    void resized(IcePath same) {
        if (path != null && path.isSameWay(same)) {
            path = same;
            events.add(new SessionEvent.Resized(session, path));
        }
    }

    /** The application may send from now on. {@code peer} has proved itself; null in plaintext, where {@code cipher} is empty. */
    void connected(X509Certificate peer, String cipher, long now) {
        state = State.CONNECTED;
        deadline = Machine.NEVER;
        connectedAt = now;
        events.add(new SessionEvent.Connected(session, path, peer, cipher));
    }

    /**
     * No path works.
     *
     * @return whether there was a connection to interrupt
     */
    boolean lost(String why, long now) {
        path = null;
        if (state != State.CONNECTED) {
            return false;
        }
        state = State.INTERRUPTED;
        doubtful = true;
        deadline = now + settings.recoveryTimeout();
        events.add(new SessionEvent.Interrupted(session, why));
        return true;
    }

    void ended(SessionFailure failure, String detail) {
        state = State.ENDED;
        path = null;
        events.add(new SessionEvent.Ended(session, failure, detail));
    }

    /** What it failed of when the time is up. */
    SessionFailure whyNot(boolean heardAnything, boolean hasCandidates) {
        return state == State.CONNECTING ? SessionFailure.ofAttempt(heardAnything, hasCandidates, path != null)
                : SessionFailure.PATH_LOST;
    }

    /** Until when this may last; NEVER while connected. */
    long deadline() {
        return deadline;
    }

    /** Nanoseconds since the beginning. */
    long elapsed(long now) {
        return now - openedAt;
    }

    /** Nanoseconds from the beginning until it was connected, or -1. */
    long connectedAfter() {
        return connectedAt < 0 ? -1 : connectedAt - openedAt;
    }

    /** The path does not answer as it used to, or a better one is looked for again. */
    void doubt() {
        doubtful = true;
    }

    /** Whether a path has become doubtful since the last call: our own addresses may have changed. */
    boolean pollDoubt() {
        boolean newly = doubtful;
        doubtful = false;
        return newly;
    }

    /** The path, once after each choice; else {@code null}. */
    IcePath pollNewPath() {
        IcePath chosen = newPath;
        newPath = null;
        return chosen;
    }
}
