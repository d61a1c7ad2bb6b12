package io.natconnector.testkit;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * The clock and what is going to happen. Time jumps from one event to the next; nothing else moves it.
 *
 * <p>A <i>turn</i> is one mutation of one machine with all that must follow it. Turns never nest: one asked for during another
 * waits for its end, at the same moment of virtual time.
 */
final class Timeline {
    /** So many events without a nanosecond passing are a loop, not a simulation. */
    private static final int STANDSTILL = 10_000_000;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private long now;
    private long order;
    private boolean inTurn;

    long now() {
        return now;
    }

    /** How many events are planned, those that no longer matter included. */
    int planned() {
        return events.size();
    }

    /** Lets the event happen at {@code at}, or now if that is past. */
    void plan(Event event, long at) {
        event.plan(Math.max(at, now), order++);
        events.add(event);
    }

    /** Lets it happen here and now when nothing planned comes before it, else when its time has come. */
    void planOrHappen(Event event, long at) {
        Event first = events.peek();
        if (at <= now && !inTurn && (first == null || first.at() > now)) {
            event.plan(now, order++);
            event.happen();
        } else {
            plan(event, at);
        }
    }

    /**
     * Runs until {@code limit} (then the clock stands there), or until the condition holds (then it stands at the event that
     * made it so).
     *
     * @return whether the condition holds
     */
    boolean run(long limit, BooleanSupplier until) {
        if (inTurn) {
            throw new IllegalStateException("time can't be run from inside a machine's turn; use after() or mutate()");
        }
        int still = 0;
        boolean done = until.getAsBoolean();
        for (Event next; !done && (next = events.peek()) != null && next.at() <= limit; done = until.getAsBoolean()) {
            events.poll();
            still = next.at() == now ? still + 1 : 0;
            if (still > STANDSTILL) {
                throw new IllegalStateException("time stands still at " + now + " ns: " + STANDSTILL + " events without progress");
            }
            now = next.at();
            next.happen();
        }
        if (!done && limit != Long.MAX_VALUE) {
            now = Math.max(now, limit);
        }
        return done;
    }

    /** Takes a turn: now, or after the turn that is being taken. */
    void turn(Runnable turn) {
        turns.add(turn);
        if (inTurn) {
            return;
        }
        inTurn = true;
        try {
            for (Runnable next; (next = turns.poll()) != null; ) {
                next.run();
            }
        } finally {
            inTurn = false;
            turns.clear();
        }
    }

    /** Forgets the future. */
    void close() {
        events.forEach(Event::forget);
        events.clear();
    }
}
