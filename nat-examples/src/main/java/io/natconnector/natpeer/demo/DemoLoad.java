package io.natconnector.natpeer.demo;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.natconnector.PeerChannel;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** Sends load with a window of what the other side has not acknowledged yet. Runs on the event loop, in small turns. */
final class DemoLoad {
    private static final int BATCH = 32;
    private static final int WINDOW = 96;
    private static final long LOOK_AGAIN = MICROSECONDS.toNanos(100);
    /** Acknowledgements that take so long are lost, and what they were for may be, too. */
    private static final long STALLED = MILLISECONDS.toNanos(20);

    private final PeerChannel channel;
    private final long end;
    private final DemoTalk talk;
    private final byte[] load = new byte[DemoTalk.LOAD];
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private long sent;
    private long forgiven;
    private long acknowledged;
    private long lastProgress = System.nanoTime();

    /** @param end when to stop, of System.nanoTime() */
    DemoLoad(PeerChannel channel, long end, DemoTalk talk) {
        this.channel = channel;
        this.end = end;
        this.talk = talk;
        Arrays.fill(load, (byte) 'x');
    }

    /**
     * Blocks.
     *
     * @return how many datagrams were sent
     */
    long run() {
        channel.eventLoop().execute(this::turn);
        return done.join();
    }

    private void turn() {
        long now = System.nanoTime();
        if (now >= end || !channel.isActive()) {
            done.complete(sent);
            return;
        }
        if (talk.loadAcknowledged() > acknowledged) {
            acknowledged = talk.loadAcknowledged();
            lastProgress = now;
        } else if (now - lastProgress > STALLED) {
            forgiven = sent - acknowledged;
            lastProgress = now;
        }
        int count = 0;
        for (; count < BATCH && channel.isWritable() && sent - acknowledged - forgiven < WINDOW; count++, sent++) {
            channel.write(Unpooled.wrappedBuffer(load), channel.voidPromise());
        }
        channel.flush();
        if (count > 0) {
            channel.eventLoop().execute(this::turn);
        } else {
            channel.eventLoop().schedule(this::turn, LOOK_AGAIN, NANOSECONDS);
        }
    }
}
