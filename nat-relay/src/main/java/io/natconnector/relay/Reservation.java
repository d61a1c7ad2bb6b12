package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

/** A port that is held for a client's next allocation (RFC 8656, section 7.2: 30 s at least). */
final class Reservation extends Deadlines.Entry {
    static final long LIFETIME = SECONDS.toNanos(30);

    private final RelayHub hub;
    private final Reservations all;
    private final long token;
    private final String username;
    private RelaySocket socket;

    Reservation(RelayHub hub, Reservations all, long token, String username, RelaySocket socket) {
        this.hub = hub;
        this.all = all;
        this.token = token;
        this.username = username;
        this.socket = socket;
    }

    long token() {
        return token;
    }

    /** A token is good for the user whom it was given to, whoever else may have seen it. */
    boolean isFor(String user) {
        return username.equals(user);
    }

    /** The socket, which is the caller's now. */
    RelaySocket redeem() {
        RelaySocket held = socket;
        socket = null;
        release();
        return held;
    }

    /** Ends it; a port that nobody came for is closed. */
    void release() {
        all.remove(this);
        hub.deadlines.remove(this);
        if (socket != null) {
            hub.close(socket);
            socket = null;
        }
    }

    @Override
    void expire(long now) {
        release();
    }
}
