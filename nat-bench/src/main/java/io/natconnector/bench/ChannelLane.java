package io.natconnector.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Function;

/** A lane between two of Netty's channels, of which each has an event loop of its own. */
final class ChannelLane extends Lane {
    private static final byte[] PAYLOAD = new byte[SIZE];

    private final Channel sender;
    private final int together;
    private final Function<ByteBuf, Object> envelope;
    private final Channel receiver;
    private final AutoCloseable engine;
    private ChildJvm relay;

    /**
     * @param together how many payloads go into one buffer
     * @param envelope what to write for a buffer
     * @param engine closed at the end, with the channels
     */
    ChannelLane(Channel sender, Channel receiver, int together, Function<ByteBuf, Object> envelope, AutoCloseable engine) {
        this.sender = sender;
        this.together = together;
        this.envelope = envelope;
        this.receiver = receiver;
        this.engine = engine;
        receiver.pipeline().addLast(counter());
    }

    /** Counts the CPU time of that process, too, and ends it with this. */
    ChannelLane with(ChildJvm other) {
        relay = other;
        return this;
    }

    private ChannelHandler counter() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
                arrived();
            }
        };
    }

    @Override
    void sendBatch() {
        sender.eventLoop().execute(this::write);
    }

    /** As an application would: a buffer for each, filled. */
    private void write() {
        for (int i = 0; i < BATCH; i += together) {
            ByteBuf buffer = sender.alloc().ioBuffer(together * SIZE);
            for (int j = 0; j < together; j++) {
                buffer.writeBytes(PAYLOAD);
            }
            sender.write(envelope.apply(buffer), sender.voidPromise());
        }
        sender.flush();
    }

    @Override
    long otherProcesses() {
        return relay == null ? 0 : relay.handle().info().totalCpuDuration().map(java.time.Duration::toNanos).orElse(0L);
    }

    @Override
    public void close() throws Exception {
        sender.close().awaitUninterruptibly();
        receiver.close().awaitUninterruptibly();
        engine.close();
        if (relay != null) {
            relay.close();
        }
    }
}
