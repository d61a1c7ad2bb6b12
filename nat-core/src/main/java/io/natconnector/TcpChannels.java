package io.natconnector;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.spi.SelectorProvider;

/** What TCP listeners and connections are made of, to go with {@link UdpTransport}. */
final class TcpChannels {
    /** Linux's SOL_SOCKET and SO_REUSEPORT. */
    private static final IntegerUnixChannelOption CONNECTIONS_REUSE_PORT = new IntegerUnixChannelOption("SO_REUSEPORT", 1, 15);

    private TcpChannels() { }

    static ServerSocketChannel newListener(UdpTransport transport, InetSocketAddress address) {
        return transport == UdpTransport.EPOLL ? new EpollServerSocketChannel(family(address))
                : new NioServerSocketChannel(SelectorProvider.provider(), family(address));
    }

    static SocketChannel newConnection(UdpTransport transport, InetSocketAddress address) {
        return transport == UdpTransport.EPOLL ? new EpollSocketChannel(family(address))
                : new NioSocketChannel(SelectorProvider.provider(), family(address));
    }

    /** What lets a listener and connections leave from one port at the same time (RFC 6062, section 5.2). */
    static void reusePort(UdpTransport transport, Channel channel) {
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        if (transport != UdpTransport.EPOLL) {
            channel.config().setOption(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
        } else if (channel instanceof ServerSocketChannel) {
            channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
        } else {
            channel.config().setOption(CONNECTIONS_REUSE_PORT, 1);   // by its number: Netty's epoll knows it of listeners alone
        }
    }

    private static SocketProtocolFamily family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }
}
