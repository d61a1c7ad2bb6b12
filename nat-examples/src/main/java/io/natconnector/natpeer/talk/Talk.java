package io.natconnector.natpeer.talk;

import io.natconnector.PathChanged;
import io.natconnector.PeerChannel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;

/** In the pipeline of each peer: datagrams to the output, back to the peer if that is wanted, and changes to people. */
final class Talk extends ChannelInboundHandlerAdapter {
    private final Output output;
    private final Status status;
    private final boolean echo;

    Talk(Output output, Status status, boolean echo) {
        this.output = output;
        this.status = status;
        this.echo = echo;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        PeerChannel channel = (PeerChannel) context.channel();
        status.connected(channel, channel.identity() == null ? ", in plaintext"
                : ", encrypted with " + channel.cipher() + ", its identity " + channel.identity());
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            DatagramPacket datagram = (DatagramPacket) message;
            output.accept(datagram.content());
            if (echo) {
                context.write(datagram.content().retain(), context.voidPromise());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof PathChanged changed) {
            status.pathChanged((PeerChannel) context.channel(), changed.to());
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        status.ended((PeerChannel) context.channel());
        context.fireChannelInactive();
    }
}
