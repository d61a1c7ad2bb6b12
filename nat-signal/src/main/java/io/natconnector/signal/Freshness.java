package io.natconnector.signal;

import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Tells a new letter from an old or a repeated one. Times are milliseconds of the Unix epoch.
 *
 * <p>It remembers the ids of all letters that could still pass as fresh, at most so many; when there are more it forgets the
 * oldest and takes nothing as old as that any more. So a full memory costs letters, and never lets a repeated one through.
 *
 * <p>Not thread-safe.
 */
final class Freshness {
    private final long validity;
    private final long skew;
    private final int capacity;
    private final Set<MessageId> seen = new HashSet<>();
    private final PriorityQueue<Seen> byTime = new PriorityQueue<>(Comparator.comparingLong(Seen::time));
    private long floor;

    /**
     * @param validity how long a letter is good for
     * @param skew how far the clocks of two peers may be apart
     * @param start when we began to listen: letters from before that were seen by an earlier self, who knows how often
     */
    Freshness(long validity, long skew, int capacity, long start) {
        this.validity = validity;
        this.skew = skew;
        this.capacity = capacity;
        this.floor = start - skew - 1;
    }

    private record Seen(MessageId id, long time) {
    }

    enum Verdict {
        FRESH, STALE, REPLAYED
    }

    /** What to make of an authentic letter. Remembers it when it is fresh. */
    Verdict judge(Letter letter, long now) {
        forget(now);
        if (letter.time() <= floor || letter.time() < now - validity - skew || letter.time() > now + skew) {
            return Verdict.STALE;
        }
        if (!seen.add(letter.id())) {
            return Verdict.REPLAYED;
        }
        byTime.add(new Seen(letter.id(), letter.time()));
        if (seen.size() > capacity) {
            forgetOldest();
        }
        return Verdict.FRESH;
    }

    private void forget(long now) {
        // What is forgotten lies below the limit for stale letters. The floor keeps it there should the clock be set back
        while (!byTime.isEmpty() && byTime.peek().time() < now - validity - skew) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        Seen oldest = byTime.remove();
        seen.remove(oldest.id());
        floor = Math.max(floor, oldest.time());
    }

    int size() {
        return seen.size();
    }
}
