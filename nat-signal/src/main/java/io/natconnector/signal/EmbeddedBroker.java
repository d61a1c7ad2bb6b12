package io.natconnector.signal;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A small MQTT broker, 5 and 3.1.1, for peers that have no other and for tests:
 *
 * <pre>{@code
 * try (EmbeddedBroker broker = EmbeddedBroker.start(new InetSocketAddress("127.0.0.1", 0))) {
 *     MqttSignaling signaling = MqttSignaling.to("mqtt://127.0.0.1:" + broker.port()).secret(secret);
 * }
 * }</pre>
 *
 * <p>QoS 0 and 1, wildcards, retained messages, wills. Not QoS 2, shared subscriptions, topic aliases and sessions that outlive
 * their connection: MQTT 5 clients are told so. All that a client can make grow has a limit: see {@link BrokerOptions}.
 *
 * <p>Has one daemon thread. Any thread may call.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final int MAX_CLIENT_ID = 256;
    private static final int BACKLOG = 128;

    private final EventLoopGroup group;
    private final BrokerHub hub;
    private final Channel server;

    private EmbeddedBroker(EventLoopGroup group, BrokerHub hub, Channel server) {
        this.group = group;
        this.hub = hub;
        this.server = server;
    }

    /** A broker for everybody at this address; port 0 for any free one. */
    public static EmbeddedBroker start(InetSocketAddress address) throws IOException {
        return start(address, BrokerOptions.defaults());
    }

    /** @throws IOException if the address can't be had */
    public static EmbeddedBroker start(InetSocketAddress address, BrokerOptions options) throws IOException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1,
                new DefaultThreadFactory("natconnector-broker", true), NioIoHandler.newFactory());
        BrokerHub hub = new BrokerHub(options, System::nanoTime);
        ChannelFuture bound = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(options.maxPending / 2, options.maxPending))
                .childHandler(new Door(hub))
                .bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException("no broker at " + address + ": " + MqttLink.reason(bound.cause()), bound.cause());
        }
        return new EmbeddedBroker(group, hub, bound.channel());
    }

    /** Lets connections in while there is room. */
    private static final class Door extends ChannelInitializer<Channel> {
        private final BrokerHub hub;
        private int connections;                              // all channels share one event loop

        Door(BrokerHub hub) {
            this.hub = hub;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (connections >= hub.options.maxClients) {
                hub.refused.increment();
                channel.close();
                return;
            }
            connections++;
            channel.closeFuture().addListener(closed -> connections--);
            if (hub.options.tls != null) {
                channel.pipeline().addLast(hub.options.tls.newHandler(channel.alloc()));
            }
            addProtocol(channel, hub);
        }
    }

    static void addProtocol(Channel channel, BrokerHub hub) {
        channel.pipeline().addLast(new MqttDecoder(hub.options.maxMessageSize, MAX_CLIENT_ID, true), MqttEncoder.INSTANCE,
                new BrokerSession(hub));
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    public int port() {
        return address().getPort();
    }

    public BrokerStatistics statistics() {
        return hub.statistics();
    }

    /** Sends the clients home and frees the address before it returns, unless called on the broker's own thread. Idempotent. */
    @Override
    public void close() {
        EventLoop loop = server.eventLoop();
        if (!loop.isShuttingDown()) {
            loop.execute(hub::shutDown);
        }
        ChannelFuture closed = server.close();
        if (!loop.inEventLoop()) {
            closed.awaitUninterruptibly();
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
        } else {
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
    }
}
