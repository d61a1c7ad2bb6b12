package io.natconnector.natpeer.talk;

import io.natconnector.PathChanged;
import io.natconnector.PeerChannel;
import io.natconnector.natpeer.file.Progress;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/** Tells of files a few times a second, and of the paths that they take. On one event loop. */
@ChannelHandler.Sharable
final class FileNews extends ChannelInboundHandlerAdapter implements Progress {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

    private final Status status;
    private long toldAt = System.nanoTime() - PAUSE;

    FileNews(Status status) {
        this.status = status;
    }

    @Override
    public void at(String name, long done, long length) {
        long now = System.nanoTime();
        if (done == length || now - toldAt >= PAUSE) {
            toldAt = now;
            status.progress(name, done, length);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        status.connected((PeerChannel) context.channel(), ", QUIC above it");
        context.fireChannelActive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof PathChanged changed) {
            status.pathChanged((PeerChannel) context.channel(), changed.to());
        }
        context.fireUserEventTriggered(event);
    }
}
