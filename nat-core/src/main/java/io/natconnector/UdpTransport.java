package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What UDP sockets are made of: Linux's own readiness calls where they are to be had, else the JDK's. */
enum UdpTransport {
    EPOLL {
        @Override
        IoHandlerFactory ioHandler() {
            return EpollIoHandler.newFactory();
        }

        @Override
        DatagramChannel newChannel(SocketProtocolFamily family) {
            EpollDatagramChannel channel = new EpollDatagramChannel(family);
            try {
                channel.config().setUdpGro(true);
            } catch (ChannelException e) {
                // Linux before 5.0: every datagram by itself
            }
            return channel;
        }

        @Override
        boolean keepsWhole() {
            return true;
        }

        @Override
        void keepWhole(Channel channel, InetAddress address) {
            channel.config().setOption(address instanceof Inet6Address ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, PROBE);
        }

        @Override
        boolean cutsSegments() {
            return EpollDatagramChannel.isSegmentedDatagramPacketSupported();
        }

        @Override
        DatagramPacket segments(ByteBuf all, int segment, InetSocketAddress to) {
            return new SegmentedDatagramPacket(all, segment, to);
        }
    },
    NIO {
        @Override
        boolean keepsWhole() {
            return false;
        }

        @Override
        void keepWhole(Channel channel, InetAddress address) {
            throw new UnsupportedOperationException("the JDK's channels can't before Java 19");
        }

        @Override
        IoHandlerFactory ioHandler() {
            return NioIoHandler.newFactory();
        }

        @Override
        DatagramChannel newChannel(SocketProtocolFamily family) {
            return new NioDatagramChannel(family);
        }

        @Override
        boolean cutsSegments() {
            return false;
        }

        @Override
        DatagramPacket segments(ByteBuf all, int segment, InetSocketAddress to) {
            throw new UnsupportedOperationException("the JDK's channels send one datagram at a time");
        }
    };

    /** Linux's options by their numbers: DF in all that is sent, and nothing cut up here, whatever is known of the way. */
    private static final IntegerUnixChannelOption IP_MTU_DISCOVER = new IntegerUnixChannelOption("IP_MTU_DISCOVER", 0, 10);
    private static final IntegerUnixChannelOption IPV6_MTU_DISCOVER = new IntegerUnixChannelOption("IPV6_MTU_DISCOVER", 41, 23);
    private static final int PROBE = 3;

    static UdpTransport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /**
     * The one whose channels run on that event loop.
     *
     * @throws IllegalArgumentException if the event loop does neither
     */
    static UdpTransport of(EventLoop loop) {
        if (loop instanceof IoEventLoop io) {
            if (io.isIoType(NioIoHandler.class)) {
                return NIO;
            }
            if (io.isIoType(EpollIoHandler.class)) {
                return EPOLL;
            }
        }
        throw new IllegalArgumentException("expected an event loop of NioIoHandler or EpollIoHandler, not " + loop);
    }

    abstract IoHandlerFactory ioHandler();

    /** Whether {@link #keepWhole} works. */
    abstract boolean keepsWhole();

    /** What is sent from there is lost rather than cut up on its way. */
    abstract void keepWhole(Channel channel, InetAddress address);

    abstract DatagramChannel newChannel(SocketProtocolFamily family);

    /** Whether one sending can stand for many datagrams (UDP_SEGMENT), which saves most of what each costs. */
    abstract boolean cutsSegments();

    /** Many datagrams of {@code segment} bytes, the last may be shorter, in one sending; only where {@link #cutsSegments}. */
    abstract DatagramPacket segments(ByteBuf all, int segment, InetSocketAddress to);
}
