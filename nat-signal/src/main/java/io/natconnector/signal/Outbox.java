package io.natconnector.signal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages that wait for the connection or for their acknowledgement, oldest first, at most so many messages and bytes. All are
 * good for the same time, so the first is also the first to expire.
 */
final class Outbox {
    /** Words are repeated until the other side has them: more than this many are a peer's worth of repetitions. */
    static final int MAX_MESSAGES = 256;
    static final int MAX_BYTES = 1 << 20;

    private final ArrayDeque<Outgoing> waiting = new ArrayDeque<>();
    private final Map<Integer, Outgoing> inFlight = new LinkedHashMap<>();
    private int bytes;
    private int lastId;

    /** Takes a message in. Returns those that had to make way for it: the oldest waiting, or itself when none waits. */
    List<Outgoing> add(Outgoing message) {
        waiting.add(message);
        bytes += message.payload().length;
        List<Outgoing> dropped = new ArrayList<>();
        while (waiting.size() + inFlight.size() > MAX_MESSAGES || bytes > MAX_BYTES && !waiting.isEmpty()) {
            dropped.add(forget(waiting.remove()));
        }
        return dropped;
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    int inFlight() {
        return inFlight.size();
    }

    /** The next one to send. {@link #lastId} is its packet id from now on. */
    Outgoing take() {
        Outgoing message = waiting.remove();
        do {
            lastId = lastId % 0xFFFF + 1;                      // MQTT 5, section 2.2.1: 1 to 65535
        } while (inFlight.containsKey(lastId));
        inFlight.put(lastId, message);
        return message;
    }

    int lastId() {
        return lastId;
    }

    /** The message with that packet id, which leaves the box; {@code null} when there is none. */
    Outgoing acknowledge(int id) {
        Outgoing message = inFlight.remove(id);
        return message == null ? null : forget(message);
    }

    /** Puts back what was sent and not acknowledged: the connection is gone, and with it the broker's memory of our packet ids. */
    void connectionLost() {
        List<Outgoing> sent = new ArrayList<>(inFlight.values());
        for (int i = sent.size() - 1; i >= 0; i--) {
            waiting.addFirst(sent.get(i));
        }
        inFlight.clear();
    }

    /** Takes out what has expired. */
    List<Outgoing> expire(long now) {
        List<Outgoing> expired = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.peek().expiry() <= now) {
            expired.add(forget(waiting.remove()));
        }
        for (Iterator<Outgoing> sent = inFlight.values().iterator(); sent.hasNext();) {
            Outgoing message = sent.next();
            if (message.expiry() > now) {
                break;
            }
            sent.remove();
            expired.add(forget(message));
        }
        return expired;
    }

    /** When the next one expires, or {@code never}. */
    long nextExpiry(long never) {
        long next = waiting.isEmpty() ? never : waiting.peek().expiry();
        return inFlight.isEmpty() ? next : Math.min(next, inFlight.values().iterator().next().expiry());
    }

    /** Takes out all. */
    List<Outgoing> clear() {
        connectionLost();
        List<Outgoing> all = new ArrayList<>(waiting);
        waiting.clear();
        bytes = 0;
        return all;
    }

    private Outgoing forget(Outgoing message) {
        bytes -= message.payload().length;
        return message;
    }
}
