package io.natconnector.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.Connector;
import io.natconnector.ConnectorBuilder;
import io.natconnector.PeerChannel;
import io.natconnector.PeerSocket;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** Two connectors, each with its event loop, and between them as many connections as wanted. */
final class OurEngine implements Engine {
    private final ManyNames names = new ManyNames();
    private final Connector asking;
    private final Connector asked;
    private final Map<String, CompletableFuture<PeerChannel>> expected = new ConcurrentHashMap<>();
    private final AtomicLong made = new AtomicLong();

    private OurEngine(InetAddress address, UnaryOperator<ConnectorBuilder> both, UnaryOperator<ConnectorBuilder> hub) {
        // A socket for each, because no two peers of one hub ever have the same address
        asking = both.apply(Connector.builder().name("asking").signaling(names.first()).bind(address).portPerPeer()).build();
        asked = hub.apply(both.apply(Connector.builder().name("asked").signaling(names.second()).bind(address)
                .maxStrangers(Integer.MAX_VALUE))).build();
        asked.listen(this::accept);
    }

    /** All connections over one socket of the asked side, as is usual, and each over its own of the asking side. */
    static OurEngine hub(InetAddress address) {
        return new OurEngine(address, ConnectorBuilder::plaintext, builder -> builder);
    }

    /** The same, encrypted. */
    static OurEngine encrypted(InetAddress address) {
        return new OurEngine(address, builder -> builder, builder -> builder);
    }

    /** Each connection with a socket of its own on both sides. */
    static OurEngine portPerPeer(InetAddress address) {
        return new OurEngine(address, ConnectorBuilder::plaintext, ConnectorBuilder::portPerPeer);
    }

    private void accept(PeerChannel channel) {
        CompletableFuture<PeerChannel> waiting = expected.remove(channel.peer());
        if (waiting == null) {
            channel.close();
        } else {
            channel.pipeline().addLast(new WhenActive(waiting));
        }
    }

    @Override
    public Pair connect() throws Exception {
        String name = Long.toString(made.incrementAndGet());
        CompletableFuture<PeerChannel> there = new CompletableFuture<>();
        expected.put(name, there);
        CompletableFuture<PeerChannel> here = asking.connect(name);
        return new Pair(here.get(PATIENCE_SECONDS, SECONDS), there.get(PATIENCE_SECONDS, SECONDS));
    }

    /** The same with the blocking face on both sides. */
    Sockets open() throws Exception {
        String name = Long.toString(made.incrementAndGet());
        CompletableFuture<PeerSocket> there = CompletableFuture.supplyAsync(() -> {
            try {
                return asked.open(name);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return new Sockets(asking.open(name), there.get(PATIENCE_SECONDS, SECONDS));
    }

    @Override
    public void close() {
        asking.close();
        asked.close();
        names.close();
    }

    /** The two channels of a connection. */
    record Pair(PeerChannel asking, PeerChannel asked) implements Connection {
        @Override
        public void close() {
            asking.close();
            asked.closeFuture().awaitUninterruptibly();
            asking.closeFuture().awaitUninterruptibly();
        }
    }

    /** The two sockets of a connection. */
    record Sockets(PeerSocket asking, PeerSocket asked) { }

    /** Completes a future when its channel is active. */
    static final class WhenActive extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<PeerChannel> waiting;

        WhenActive(CompletableFuture<PeerChannel> waiting) {
            this.waiting = waiting;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.fireChannelActive();
            waiting.complete((PeerChannel) context.channel());
        }
    }
}
