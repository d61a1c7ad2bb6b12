package io.natconnector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Collects what is read, as text. */
@ChannelHandler.Sharable
final class Received extends SimpleChannelInboundHandler<DatagramPacket> {
    final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        texts.add(packet.content().toString(UTF_8));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        events.add(event);
    }

    String next() throws InterruptedException {
        return texts.poll(5, TimeUnit.SECONDS);
    }
}
