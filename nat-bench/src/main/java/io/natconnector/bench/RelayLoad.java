package io.natconnector.bench;

import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Load for a STUN server and relay: clients, and the peer that sends back what reaches it, on one event loop. No batches and no
 * tricks: every client has a socket, every packet a system call, as with clients that are far apart.
 */
final class RelayLoad implements AutoCloseable {
    /** Bytes of payload. */
    static final int SIZE = 160;
    static final int WINDOW = 64;
    static final int ASKING_AT_ONCE = 32;
    private static final long PATIENCE_SECONDS = 60;
    private static final long REPEAT = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int SOCKET_BUFFER = 4 << 20;
    private static int sources = 1;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1,
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final InetSocketAddress server;
    private final Channel peer;
    private final InetSocketAddress peerAddress;
    private final List<RelayLoadClient> clients = new ArrayList<>();
    private Window window;
    private int turn;
    private boolean asStrangers;
    private StunMethod method;
    private int asked;
    private int settled;
    private int refused;
    private int lastError;
    private CompletableFuture<Void> allSettled;

    RelayLoad(InetSocketAddress server) {
        this.server = server;
        this.peer = bootstrap(new EchoHandler()).bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
        this.peerAddress = (InetSocketAddress) peer.localAddress();
        loop.scheduleAtFixedRate(this::lookForLost, 50, 50, TimeUnit.MILLISECONDS);
    }

    private Bootstrap bootstrap(ChannelHandler handler) {
        return new Bootstrap().group(loop)
                .channel(Epoll.isAvailable() ? EpollDatagramChannel.class : NioDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(2048).maxMessagesPerRead(1))
                .handler(handler);
    }

    InetSocketAddress peer() {
        return peerAddress;
    }

    /** From an address that nobody has used before: a relay may remember a client for a while after its farewell. */
    private Channel connect(ChannelHandler handler) {
        int number = sources++;
        byte[] source = {127, (byte) (1 + (number >> 16)), (byte) (number >> 8), (byte) number};
        try {
            return bootstrap(handler).connect(server, new InetSocketAddress(InetAddress.getByAddress(source), 0))
                    .syncUninterruptibly().channel();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Opens that many clients' sockets. */
    void clients(int count) {
        for (int i = 0; i < count; i++) {
            RelayLoadClient client = new RelayLoadClient(this);
            connect(client);
            clients.add(client);
        }
    }

    /** All clients ask this, some at once; answers the seconds it took until the last had an answer. */
    double askAll(StunMethod what) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long begun = System.nanoTime();
        loop.execute(() -> {
            allSettled = done;
            method = what;
            asked = 0;
            settled = 0;
            for (int i = 0; i < ASKING_AT_ONCE; i++) {
                askNext();
            }
        });
        done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (refused > 0 && !asStrangers) {
            throw new IllegalStateException(refused + " of " + what + " were refused by " + server + " with " + lastError);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    /** The same once, without credentials: all are to be refused. */
    void askAllAsStrangers() throws Exception {
        asStrangers = true;
        try {
            askAll(StunMethod.ALLOCATE);
        } finally {
            asStrangers = false;
            refused = 0;
        }
    }

    boolean asStrangers() {
        return asStrangers;
    }

    private void askNext() {
        if (asked < clients.size()) {
            clients.get(asked++).ask(method);
        }
    }

    /** @param error its code, or 0 */
    void settled(int error) {
        refused += error == 0 ? 0 : 1;
        lastError = error == 0 ? lastError : error;
        if (++settled == clients.size()) {
            allSettled.complete(null);
        } else {
            askNext();
        }
    }

    /** Starts to send through the relay, by one client after the other. */
    void startRelaying() throws Exception {
        start(new Window(WINDOW, slot -> {
            turn = (turn + 1) % clients.size();
            clients.get(turn).send(slot, window.generation(slot));
        }));
    }

    /** Starts to ask for the address, from one socket. */
    void startBinding() throws Exception {
        Channel asking = connect(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                DatagramPacket answer = (DatagramPacket) message;
                ByteBuf content = answer.content();
                if (content.readableBytes() >= 32 && content.getUnsignedShort(0) == 0x0101) {
                    arrived(content.getInt(8), content.getInt(12));
                }
                answer.release();
            }
        });
        start(new Window(WINDOW, slot -> {
            ByteBuf request = asking.alloc().directBuffer(StunMessage.HEADER_LENGTH).writeInt(0x00010000);
            request.writeInt(StunMessage.COOKIE).writeInt(slot).writeInt(window.generation(slot)).writeInt(0);
            asking.writeAndFlush(request, asking.voidPromise());
        }));
    }

    private void start(Window fresh) throws Exception {
        loop.submit(() -> {
            window = fresh;
            window.start();
        }).get();
    }

    void arrived(int slot, int generation) {
        window.arrived(slot, generation);
    }

    /** Waits so long; then runs that where nothing else runs meanwhile. */
    void after(long nanos, Runnable task) throws Exception {
        loop.schedule(task, nanos, TimeUnit.NANOSECONDS).get();
    }

    /** Lets it run until so many packets have come back, or so many seconds have passed; then stops it. */
    void until(int packets, int seconds) throws Exception {
        long begun = System.nanoTime();
        boolean[] over = new boolean[1];
        while (!over[0] && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(seconds)) {
            after(TimeUnit.MILLISECONDS.toNanos(100), () -> over[0] = window.count() >= packets);
        }
        loop.submit(window::stop).get();
    }

    /** What has been measured; to be used within {@link #after}. */
    Window window() {
        return window;
    }

    private void lookForLost() {
        if (window != null) {
            window.giveUpLost();
        }
        if (allSettled != null && !allSettled.isDone()) {
            long now = System.nanoTime();
            for (RelayLoadClient client : clients) {
                if (client.askedAt() != Long.MAX_VALUE && now - client.askedAt() > REPEAT) {
                    client.repeat();
                }
            }
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** What comes back goes as it came. */
    private static final class EchoHandler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            context.write(new DatagramPacket(packet.content(), packet.sender()), context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }
}
