package io.natconnector.bench;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Keeps a fixed number of packets under way: what comes back, or is lost, lets the next one go. Measures how long each took. One
 * thread.
 */
final class Window {
    private static final long LOST = TimeUnit.MILLISECONDS.toNanos(500);

    private final IntConsumer send;
    private final long[] sentAt;
    private final int[] generation;
    private long[] took = new long[1 << 16];
    private int count;
    private long lost;
    private boolean running;

    /** @param send sends the packet of that slot; it finds what to write into it in {@link #generation} */
    Window(int size, IntConsumer send) {
        this.send = send;
        this.sentAt = new long[size];
        this.generation = new int[size];
    }

    void start() {
        running = true;
        for (int slot = 0; slot < sentAt.length; slot++) {
            next(slot);
        }
    }

    void stop() {
        running = false;
    }

    private void next(int slot) {
        if (running) {
            generation[slot]++;
            sentAt[slot] = System.nanoTime();
            send.accept(slot);
        }
    }

    int generation(int slot) {
        return generation[slot];
    }

    /** One came back. What is too late, or was never sent, does not count. */
    void arrived(int slot, int itsGeneration) {
        if (slot < 0 || slot >= sentAt.length || generation[slot] != itsGeneration) {
            return;
        }
        if (count == took.length) {
            took = Arrays.copyOf(took, 2 * count);
        }
        took[count++] = System.nanoTime() - sentAt[slot];
        next(slot);
    }

    /** Gives up what has been under way for too long; to be called now and then. */
    void giveUpLost() {
        long now = System.nanoTime();
        for (int slot = 0; slot < sentAt.length; slot++) {
            if (running && now - sentAt[slot] > LOST) {
                lost++;
                next(slot);
            }
        }
    }

    /** Forgets what was measured, not what is under way. */
    void reset() {
        count = 0;
        lost = 0;
    }

    int count() {
        return count;
    }

    long lost() {
        return lost;
    }

    /** The time that so many percent of the packets did not exceed, in microseconds. */
    double micros(int percent) {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(took, count);
        Arrays.sort(sorted);
        return sorted[Math.max((int) Math.ceil(percent / 100.0 * count), 1) - 1] / 1e3;
    }
}
