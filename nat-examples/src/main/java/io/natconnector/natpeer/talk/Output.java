package io.natconnector.natpeer.talk;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Writes datagrams to standard output on a thread of its own: whoever reads it slowly must not stop the event loop. What comes
 * faster than it is read is dropped, as UDP would.
 */
final class Output {
    private static final int MAX_UNWRITTEN = 4096;
    private static final long IDLE_MILLIS = 10;

    private final BlockingQueue<byte[]> unwritten = new ArrayBlockingQueue<>(MAX_UNWRITTEN);
    private final PrintStream out;
    private volatile long lastArrival = System.nanoTime();

    Output(PrintStream out) {
        this.out = out;
        Thread writer = new Thread(this::write, "natpeer output");
        writer.setDaemon(true);
        writer.start();
    }

    /** Borrows the datagram. Any thread. */
    void accept(ByteBuf datagram) {
        lastArrival = System.nanoTime();
        unwritten.offer(ByteBufUtil.getBytes(datagram));
    }

    /** Waits until nothing has come for so long and all is written. */
    void awaitQuiet(long nanos) throws InterruptedException {
        for (long left; (left = lastArrival + nanos - System.nanoTime()) > 0 || !unwritten.isEmpty(); ) {
            synchronized (this) {
                wait(Math.max(IDLE_MILLIS, TimeUnit.NANOSECONDS.toMillis(left)));
            }
        }
        out.flush();
    }

    private void write() {
        OutputStream stream = out;
        try {
            while (true) {
                byte[] datagram = unwritten.take();
                stream.write(datagram);
                if (unwritten.isEmpty()) {
                    stream.flush();
                }
            }
        } catch (InterruptedException | IOException e) {
            // nobody reads any more
        }
    }
}
