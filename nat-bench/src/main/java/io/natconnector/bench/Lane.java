package io.natconnector.bench;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One way for datagrams from a sender to a receiver in this JVM. The sender keeps no more than {@value #WINDOW} of them under way,
 * so that nothing is lost to full buffers and what is measured is work, not loss; word of what has arrived goes past the network,
 * {@value #BATCH} at a time.
 */
abstract class Lane implements AutoCloseable {
    /** Bytes of payload. */
    static final int SIZE = 1200;
    static final int WINDOW = 64;
    static final int BATCH = 32;

    private final AtomicLong granted = new AtomicLong();
    private volatile long arrived;
    private volatile boolean running;

    /** Sends {@value #BATCH} datagrams, soon: any thread, and returns at once. */
    abstract void sendBatch();

    @Override
    public abstract void close() throws Exception;

    /** CPU time that other processes take for this lane, in nanoseconds until now. */
    long otherProcesses() {
        return 0;
    }

    /** Called by the one receiver for each datagram. */
    final void arrived() {
        long count = arrived + 1;
        arrived = count;
        if (count % BATCH == 0) {
            grant();
        }
    }

    final long count() {
        return arrived;
    }

    private void grant() {
        if (running) {
            granted.incrementAndGet();
            sendBatch();
        }
    }

    final void start() {
        running = true;
        for (int i = 0; i < WINDOW / BATCH; i++) {
            grant();
        }
    }

    final void stop() {
        running = false;
    }

    /** Whether everything that was sent has arrived; less means loss. */
    final boolean isDone() {
        return arrived >= granted.get() * BATCH;
    }

    /** What is lost is not waited for any more. Answers how many that were; only while nothing moves. */
    final long forgetLost() {
        long sent = granted.get() * BATCH;
        long lost = Math.max(0, sent - arrived);
        arrived += lost;
        return lost;
    }
}
