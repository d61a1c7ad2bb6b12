package io.natconnector.bench;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/** A lane with a thread that sends and one that receives. */
final class ThreadLane extends Lane {
    /** What sends one datagram, or waits until one is received. */
    interface Step {
        void run() throws IOException;
    }

    private final Semaphore batches = new Semaphore(0);
    private final AutoCloseable socket;
    private volatile boolean closed;

    /** @param socket when closed, both steps fail */
    ThreadLane(String name, Step send, Step receive, AutoCloseable socket) {
        this.socket = socket;
        thread(name + " sender", () -> {
            batches.acquireUninterruptibly();
            for (int i = 0; i < BATCH && !closed; i++) {
                send.run();
            }
        });
        thread(name + " receiver", () -> {
            receive.run();
            arrived();
        });
    }

    private void thread(String name, Step step) {
        Thread thread = new Thread(() -> {
            try {
                while (!closed) {
                    step.run();
                }
            } catch (IOException e) {
                if (!closed) {
                    System.err.println(name + ": " + e);
                }
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    void sendBatch() {
        batches.release();
    }

    @Override
    public void close() throws Exception {
        closed = true;
        batches.release();
        socket.close();
    }
}
