package io.natconnector.relay;

import java.util.HashMap;
import java.util.Map;

/** The ports that are held, by the tokens that they are had for. */
final class Reservations {
    private final RelayHub hub;
    private final Map<Long, Reservation> byToken = new HashMap<>();

    Reservations(RelayHub hub) {
        this.hub = hub;
    }

    Reservation hold(String username, RelaySocket socket, long now) {
        long token = hub.random.nextLong();
        while (token == 0 || byToken.containsKey(token)) {
            token = hub.random.nextLong();
        }
        Reservation reservation = new Reservation(hub, this, token, username, socket);
        byToken.put(token, reservation);
        hub.deadlines.set(reservation, now + Reservation.LIFETIME);
        return reservation;
    }

    /** That user's reservation, or {@code null}. */
    Reservation find(long token, String username) {
        Reservation reservation = byToken.get(token);
        return reservation != null && reservation.isFor(username) ? reservation : null;
    }

    void remove(Reservation reservation) {
        byToken.remove(reservation.token(), reservation);
    }

    int size() {
        return byToken.size();
    }
}
