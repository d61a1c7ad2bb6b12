package io.natconnector;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;

/** What UDP sockets are made of: Linux's own readiness calls where they are to be had, else the JDK's. */
enum UdpTransport {
    EPOLL {
        @Override
        IoHandlerFactory ioHandler() {
            return EpollIoHandler.newFactory();
        }

        @Override
        DatagramChannel newChannel(SocketProtocolFamily family) {
            return new EpollDatagramChannel(family);
        }
    },
    NIO {
        @Override
        IoHandlerFactory ioHandler() {
            return NioIoHandler.newFactory();
        }

        @Override
        DatagramChannel newChannel(SocketProtocolFamily family) {
            return new NioDatagramChannel(family);
        }
    };

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

    abstract DatagramChannel newChannel(SocketProtocolFamily family);
}
