package io.natconnector.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
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
    private final Runnable batch;
    private final Channel receiver;
    private final AutoCloseable engine;
    private ChildJvm relay;

    /**
     * @param batch writes {@value #BATCH} datagrams
     * @param engine closed at the end, with the channels
     */
    ChannelLane(Channel sender, Channel receiver, Runnable batch, AutoCloseable engine) {
        this.sender = sender;
        this.batch = batch;
        this.receiver = receiver;
        this.engine = engine;
        receiver.pipeline().addLast(counter());
    }

    /** As an application would: a buffer for each datagram, filled, and written. */
    static ChannelLane oneByOne(Channel sender, Channel receiver, Function<ByteBuf, Object> envelope, AutoCloseable engine) {
        return new ChannelLane(sender, receiver, () -> {
            for (int i = 0; i < BATCH; i++) {
                sender.write(envelope.apply(payload(sender.alloc())), sender.voidPromise());
            }
        }, engine);
    }

    private static ByteBuf payload(ByteBufAllocator allocator) {
        return allocator.ioBuffer(SIZE).writeBytes(PAYLOAD);
    }

    /** The datagrams of a batch, a buffer for each as an application has them, one behind the other. */
    static ByteBuf joined(ByteBufAllocator allocator) {
        ByteBuf all = allocator.ioBuffer(BATCH * SIZE);
        for (int i = 0; i < BATCH; i++) {
            ByteBuf payload = payload(allocator);
            all.writeBytes(payload);
            payload.release();
        }
        return all;
    }

    /** The same, written one behind the other at once. */
    static ByteBuf inOneBuffer(ByteBufAllocator allocator) {
        ByteBuf all = allocator.ioBuffer(BATCH * SIZE);
        for (int i = 0; i < BATCH; i++) {
            all.writeBytes(PAYLOAD);
        }
        return all;
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

    private void write() {
        batch.run();
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
