package io.natconnector.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.Connector;
import io.natconnector.PeerChannel;
import io.natconnector.signal.InProcessExchange;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Two connectors for each connection, all on two event loops: a process that is many peers. */
final class ConnectorsEngine implements Engine {
    private static final int EVENT_LOOPS = 2;

    private final InetAddress address;
    private final EventLoopGroup eventLoops;
    private final ExecutorService post = Executors.newSingleThreadExecutor();
    private final InProcessExchange exchange = new InProcessExchange(post);
    private final AtomicLong made = new AtomicLong();

    ConnectorsEngine(InetAddress address) {
        this.address = address;
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.eventLoops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, io);
    }

    @Override
    public Connection connect() throws Exception {
        long number = made.incrementAndGet();
        Connector asked = connector("asked " + number);
        CompletableFuture<PeerChannel> there = new CompletableFuture<>();
        asked.listen(channel -> channel.pipeline().addLast(new OurEngine.WhenActive(there)));
        Connector asking = connector("asking " + number);
        asking.connect("asked " + number).get(PATIENCE_SECONDS, SECONDS);
        there.get(PATIENCE_SECONDS, SECONDS);
        return () -> {
            asking.close();
            asked.close();
        };
    }

    private Connector connector(String name) {
        return Connector.builder().name(name).signaling(exchange.signaling()).plaintext().bind(address)
                .eventLoopGroup(eventLoops).build();
    }

    @Override
    public void close() {
        eventLoops.shutdownGracefully(0, 1, SECONDS).awaitUninterruptibly();
        post.shutdownNow();
    }
}
