package io.natconnector.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.Connector;
import io.natconnector.NatServer;
import io.natconnector.PeerChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The ways that are compared. */
enum Lanes {
    /** The JDK's sockets, blocking, not connected, one buffer for all: as little as can be. */
    NIO("java.nio, blocking") {
        @Override
        Lane open(InetAddress address) throws IOException {
            return nio(address);
        }
    },
    /** Netty's datagram channels as they are, with the transport that ours takes too. */
    NETTY("Netty alone") {
        @Override
        Lane open(InetAddress address) {
            return netty(address, null);
        }
    },
    /** The same, with what goes out in one flush joined and handed over as one, and taken in as one: as ours does it. */
    NETTY_SEGMENTS("Netty alone, segments") {
        @Override
        Lane open(InetAddress address) {
            return netty(address, ChannelLane::joined);
        }
    },
    /** The same where the application has all its datagrams in one buffer to begin with: the floor. */
    NETTY_ONE_BUFFER("Netty alone, segments of one buffer") {
        @Override
        Lane open(InetAddress address) {
            return netty(address, ChannelLane::inOneBuffer);
        }
    },
    OURS("natconnector") {
        @Override
        Lane open(InetAddress address) throws Exception {
            return channels(OurEngine.hub(address));
        }
    },
    SOCKET("natconnector, PeerSocket") {
        @Override
        Lane open(InetAddress address) throws Exception {
            return sockets(OurEngine.hub(address));
        }
    },
    ENCRYPTED("natconnector, encrypted") {
        @Override
        Lane open(InetAddress address) throws Exception {
            return channels(OurEngine.encrypted(address));
        }
    },
    RELAYED("natconnector, relayed") {
        @Override
        Lane open(InetAddress address) throws Exception {
            return relayed(address);
        }
    },
    /** As its users use it: the component sends over the selected pair, and its one socket receives. */
    ICE4J("ice4j") {
        @Override
        Lane open(InetAddress address) throws Exception {
            return ice4j(address);
        }
    };

    /** What our own sockets ask for; the system gives what it allows. */
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final int LONGEST = 65_536;
    private static final String USER = "bench";
    private static final String PASSWORD = "bench's own";

    final String title;

    Lanes(String title) {
        this.title = title;
    }

    abstract Lane open(InetAddress address) throws Exception;

    private static Lane nio(InetAddress address) throws IOException {
        DatagramChannel from = nioSocket(address);
        DatagramChannel to = nioSocket(address);
        SocketAddress target = to.getLocalAddress();
        ByteBuffer payload = ByteBuffer.allocateDirect(Lane.SIZE);
        ByteBuffer received = ByteBuffer.allocateDirect(2 * Lane.SIZE);
        return new ThreadLane("nio", () -> from.send(payload.clear(), target), () -> to.receive(received.clear()), () -> {
            from.close();
            to.close();
        });
    }

    private static DatagramChannel nioSocket(InetAddress address) throws IOException {
        return DatagramChannel.open().setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER)
                .setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER).bind(new InetSocketAddress(address, 0));
    }

    /** @param batch what goes out at once; {@code null}: one by one */
    private static Lane netty(InetAddress address, Function<ByteBufAllocator, ByteBuf> batch) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, io);
        Bootstrap bootstrap = new Bootstrap().group(loops)
                .channel(Epoll.isAvailable() ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER).option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(2 * Lane.SIZE))
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public boolean isSharable() {
                        return true;
                    }
                });
        if (batch != null) {
            bootstrap.option(EpollChannelOption.UDP_GRO, true)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LONGEST));
        }
        Channel from = bootstrap.bind(address, 0).syncUninterruptibly().channel();
        Channel to = bootstrap.bind(address, 0).syncUninterruptibly().channel();
        InetSocketAddress target = (InetSocketAddress) to.localAddress();
        AutoCloseable end = () -> loops.shutdownGracefully(0, 1, SECONDS).awaitUninterruptibly();
        return batch == null ? ChannelLane.oneByOne(from, to, payload -> new DatagramPacket(payload, target), end)
                : new ChannelLane(from, to, () -> from.write(new SegmentedDatagramPacket(batch.apply(from.alloc()), Lane.SIZE,
                        target), from.voidPromise()), end);
    }

    private static Lane channels(OurEngine engine) throws Exception {
        OurEngine.Pair pair = engine.connect();
        return ChannelLane.oneByOne(pair.asking(), pair.asked(), payload -> payload, engine);
    }

    /** The blocking face on both sides. */
    private static Lane sockets(OurEngine engine) throws Exception {
        OurEngine.Sockets pair = engine.open();
        ByteBuffer payload = ByteBuffer.allocateDirect(Lane.SIZE);
        ByteBuffer received = ByteBuffer.allocateDirect(2 * Lane.SIZE);
        return new ThreadLane("sockets", () -> pair.asking().write(payload.clear()), () -> pair.asked().read(received.clear()),
                engine);
    }

    /** Over a relay of ours in a JVM of its own; one leg is relayed, as between a peer that needs it and one that doesn't. */
    private static Lane relayed(InetAddress address) throws Exception {
        ChildJvm relay = new ChildJvm(Relay.class, List.of(), address.getHostAddress());
        String server = "turn:" + relay.line();
        ManyNames names = new ManyNames();
        Connector asking = Connector.builder().name("asking").signaling(names.first()).plaintext().bind(address)
                .relay(server, USER, PASSWORD).relayOnly().build();
        Connector asked = Connector.builder().name("asked").signaling(names.second()).plaintext().bind(address).build();
        CompletableFuture<PeerChannel> there = new CompletableFuture<>();
        asked.listen(channel -> channel.pipeline().addLast(new OurEngine.WhenActive(there)));
        PeerChannel here = asking.connect("1").get(Engine.PATIENCE_SECONDS, SECONDS);
        if (!here.path().isRelayed()) {
            throw new IllegalStateException("expected a relayed path, not " + here.path());
        }
        return ChannelLane.oneByOne(here, there.get(Engine.PATIENCE_SECONDS, SECONDS), payload -> payload, () -> {
            asking.close();
            asked.close();
            names.close();
        }).with(relay);
    }

    private static Lane ice4j(InetAddress address) throws Exception {
        Ice4jPair.configure(address.getHostAddress());
        Ice4jPair pair = Ice4jPair.connect();
        byte[] payload = new byte[Lane.SIZE];
        byte[] buffer = new byte[2 * Lane.SIZE];
        java.net.DatagramPacket received = new java.net.DatagramPacket(buffer, buffer.length);
        return new ThreadLane("ice4j", () -> pair.asking().send(payload, 0, payload.length), () -> {
            received.setData(buffer);
            pair.asked().getSocket().receive(received);
        }, pair);
    }

    /** The JVM of the relay. */
    static final class Relay {
        private Relay() { }

        public static void main(String[] arguments) throws IOException {
            ChildJvm.endWithParent();
            InetAddress address = InetAddress.getByName(arguments[0]);
            NatServer server = NatServer.builder().listen(new InetSocketAddress(address, 0)).user(USER, PASSWORD)
                    .allowPeer(address.getHostAddress()).start();
            System.out.println(address.getHostAddress() + ":" + server.localAddress().getPort());
        }
    }
}
