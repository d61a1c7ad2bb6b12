package io.natconnector;

import io.natconnector.stun.SocketRequest;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP port: who connects to it becomes a {@link StreamConnection}, if there is room for one more. */
final class StreamListener extends ChannelInboundHandlerAdapter implements ConnectionListener {
    private static final Logger LOG = LoggerFactory.getLogger(StreamListener.class);
    private static final int BACKLOG = 1024;
    /** When the system lets us have no more descriptors: the next try will fail as well unless something ends meanwhile. */
    private static final long PAUSE_MILLIS = 500;

    private final Connections connections;
    private final SocketRequest request;
    private final ServerSocketChannel channel;
    private InetSocketAddress bound;

    StreamListener(Connections connections, SocketRequest request) {
        this.connections = connections;
        this.request = request;
        this.channel = TcpChannels.newListener(connections.kind(), request.address());
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        if (request.raw()) {
            TcpChannels.reusePort(connections.kind(), channel);
        }
        channel.pipeline().addLast(this);
    }

    void open() {
        connections.driver().channelOpened();
        connections.driver().loop().register(channel).addListener(registered -> {
            if (registered.isSuccess()) {
                channel.closeFuture().addListener(future -> connections.driver().channelGone());
                channel.bind(request.address()).addListener(
                        binding -> connections.listening(request, this, binding.cause()));
            } else {
                channel.unsafe().closeForcibly();
                connections.driver().channelGone();
                connections.listening(request, null, registered.cause());
            }
        });
    }

    /** In the very form that was asked for, as that of a {@link UdpSocket}. */
    @Override
    public InetSocketAddress bound() {
        if (bound == null && channel.localAddress() != null) {
            InetSocketAddress local = channel.localAddress();
            InetAddress wanted = request.address().getAddress();
            bound = new InetSocketAddress(wanted instanceof Inet6Address ? wanted : local.getAddress(), local.getPort());
        }
        return bound;
    }

    @Override
    public void close() {
        if (channel.isRegistered()) {
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel child = (Channel) message;
        InetSocketAddress source = (InetSocketAddress) child.remoteAddress();
        if (source == null || !connections.admit(source.getAddress())) {
            child.unsafe().closeForcibly();
            return;
        }
        new StreamConnection(connections, request, child, bound(), source).accept();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        connections.driver().counters().failed.up();
        LOG.warn("Can't take in who connects to {}: {}", bound, cause.toString());
        channel.config().setAutoRead(false);
        context.executor().schedule(() -> channel.config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
