package io.natconnector.natpeer.demo;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.PeerChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What the two peers of the demo say to each other. A datagram is a letter and, for all but the load, a number in digits:
 * {@code ?7} is answered by {@code !7}, {@code x...} is load, of which each 32nd is answered by {@code +NUMBER}; {@code =0} asks
 * how much load has come and is answered by {@code #NUMBER}.
 */
final class DemoTalk extends SimpleChannelInboundHandler<DatagramPacket> {
    static final int LOAD = 1200;
    static final int ACKNOWLEDGED_AT_ONCE = 32;

    private static final long REPEAT = MILLISECONDS.toNanos(100);
    private static final long PATIENCE = SECONDS.toNanos(5);

    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final CompletableFuture<PeerChannel> active = new CompletableFuture<>();
    private volatile int newestQuestion = -1;
    private long loadReceived;                                 // this and the next: on the event loop
    private long loadAcknowledged;

    /** What came of sending as fast as it goes. */
    record Load(long sent, long received, double seconds) {
        double megabitsPerSecond() {
            return received * LOAD * 8 / seconds / 1e6;
        }
    }

    /** Done when there is a path. */
    CompletableFuture<PeerChannel> active() {
        return active;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        active.complete((PeerChannel) context.channel());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
        ByteBuf content = datagram.content();
        char kind = content.isReadable() ? (char) content.getByte(content.readerIndex()) : 0;
        String rest = kind == 'x' || kind == 0 ? "" : content.toString(StandardCharsets.US_ASCII).substring(1);
        switch (kind) {
            case 'x' -> {
                if (++loadReceived % ACKNOWLEDGED_AT_ONCE == 0) {
                    context.writeAndFlush(text('+', Long.toString(loadReceived)));
                }
            }
            case '?' -> {
                newestQuestion = Integer.parseInt(rest);
                context.writeAndFlush(text('!', rest));
            }
            case '+' -> loadAcknowledged = Long.parseLong(rest);
            case '=' -> context.writeAndFlush(text('#', Long.toString(loadReceived)));
            case '!', '#' -> answers.add(kind + rest);
            default -> { }                                     // none of ours
        }
    }

    /**
     * Asks until it is answered.
     *
     * @return nanoseconds
     * @throws IOException if no answer came
     */
    long roundTrip(PeerChannel channel, int number) throws IOException, InterruptedException {
        long start = System.nanoTime();
        answer(channel, text('?', Integer.toString(number)), "!" + number);
        return System.nanoTime() - start;
    }

    /** Waits for a question of the other side. */
    void awaitQuestion(int number) throws InterruptedException {
        long start = System.nanoTime();
        while (newestQuestion < number && System.nanoTime() - start < PATIENCE) {
            synchronized (this) {
                wait(1);
            }
        }
    }

    /** Sends for so long, no faster than the other side takes it, and asks what has come. */
    Load load(PeerChannel channel, long nanos) throws IOException, InterruptedException {
        long start = System.nanoTime();
        long sent = new DemoLoad(channel, start + nanos, this).run();
        double seconds = (System.nanoTime() - start) / 1e9;
        long received = Long.parseLong(answer(channel, text('=', "0"), "#").substring(1));
        return new Load(sent, received, seconds);
    }

    /** How much load the other side says it has got; on the event loop. */
    long loadAcknowledged() {
        return loadAcknowledged;
    }

    private String answer(PeerChannel channel, ByteBuf question, String beginning) throws IOException, InterruptedException {
        try {
            long start = System.nanoTime();
            while (System.nanoTime() - start < PATIENCE) {
                channel.writeAndFlush(question.retainedDuplicate());
                long until = System.nanoTime() + REPEAT;
                for (long left; (left = until - System.nanoTime()) > 0; ) {
                    String answer = answers.poll(left, NANOSECONDS);
                    if (answer != null && answer.startsWith(beginning)) {
                        return answer;
                    }
                }
            }
        } finally {
            question.release();
        }
        throw new IOException("the peer did not answer a datagram for " + NANOSECONDS.toSeconds(PATIENCE) + " s");
    }

    private static ByteBuf text(char kind, String rest) {
        return Unpooled.copiedBuffer(kind + rest, StandardCharsets.US_ASCII);
    }
}
