package io.natconnector.relay;

import io.natconnector.stun.Machine;
import java.util.Arrays;

/**
 * Things that expire, the first to expire at hand: a binary heap whose entries know their place, so that one can be moved or
 * taken out without a search. Nothing is ever scanned.
 */
final class Deadlines {
    /** Something that expires. */
    abstract static class Entry {
        private static final int OUT = -1;

        private long at;
        private int place = OUT;

        final long expiresAt() {
            return at;
        }

        /** Is called once the time has come; the entry has been taken out. */
        abstract void expire(long now);
    }

    private Entry[] heap = new Entry[16];
    private int size;

    /** Puts the entry in, or moves it. */
    void set(Entry entry, long at) {
        if (entry.place == Entry.OUT) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            place(entry, size++);
        }
        entry.at = at;
        sift(entry);
    }

    /** Takes the entry out, if it is in. */
    void remove(Entry entry) {
        int hole = entry.place;
        if (hole == Entry.OUT) {
            return;
        }
        entry.place = Entry.OUT;
        Entry last = heap[--size];
        heap[size] = null;
        if (last != entry) {
            place(last, hole);
            sift(last);
        }
    }

    void expire(long now) {
        while (size > 0 && heap[0].at <= now) {
            Entry due = heap[0];
            remove(due);
            due.expire(now);
        }
    }

    long next() {
        return size == 0 ? Machine.NEVER : heap[0].at;
    }

    int size() {
        return size;
    }

    private void sift(Entry entry) {
        int at = entry.place;
        while (at > 0 && heap[at - 1 >>> 1].at > entry.at) {
            place(heap[at - 1 >>> 1], at);
            at = at - 1 >>> 1;
        }
        for (int child; (child = 2 * at + 1) < size; at = child) {
            if (child + 1 < size && heap[child + 1].at < heap[child].at) {
                child++;
            }
            if (heap[child].at >= entry.at) {
                break;
            }
            place(heap[child], at);
        }
        place(entry, at);
    }

    private void place(Entry entry, int at) {
        heap[at] = entry;
        entry.place = at;
    }
}
