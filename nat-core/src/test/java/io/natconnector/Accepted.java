package io.natconnector;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What listens, and hands on the channels that became active. */
final class Accepted implements Consumer<PeerChannel> {
    private final BlockingQueue<PeerChannel> channels = new LinkedBlockingQueue<>();

    @Override
    public void accept(PeerChannel channel) {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                channels.add(channel);
                context.fireChannelActive();
            }
        });
    }

    PeerChannel next() throws InterruptedException {
        return channels.poll(5, TimeUnit.SECONDS);
    }
}
