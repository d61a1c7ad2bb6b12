package io.natconnector;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP or TLS connection: cut into messages until it is made raw.
 *
 * <p>Who connects to us and says nothing, or begins a message and does not end it, is cut off. Who reads more slowly than is sent
 * to him loses data, as over UDP; who does not read at all is cut off.
 */
final class StreamConnection extends ChannelInboundHandlerAdapter implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(StreamConnection.class);
    static final long HANDSHAKE_MILLIS = 10_000;
    private static final int CONNECT_MILLIS = 10_000;
    /** What was written before closing has so long to leave. */
    private static final long LINGER_MILLIS = 3_000;
    /** In so much time a reader must take something, if there is something for him. */
    private static final long STALL_MILLIS = 30_000;
    /** Past the upper mark data is dropped, or its source is stopped, until it has come down to the lower one. */
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(192 << 10, 256 << 10);
    private static final long MOST = 4L * WATER_MARKS.high();

    private final Connections connections;
    private final SocketRequest request;
    private final Transport transport;
    private final Channel channel;
    private final InetAddress acceptedFrom;
    private final InetSocketAddress remote;
    private final StreamInput input;
    private InetSocketAddress local;
    private FiveTuple tuple;
    private boolean unflushed;
    private boolean closing;
    private boolean settled;
    private long waitingSince;
    private boolean waiting;
    private boolean watched;

    /** One that is to be made. */
    StreamConnection(Connections connections, SocketRequest request) {
        this(connections, request, TcpChannels.newConnection(connections.kind(), target(connections, request)), request.address(),
                request.remote(), null);
    }

    /** One that somebody makes to us. */
    StreamConnection(Connections connections, SocketRequest listener, Channel channel, InetSocketAddress local,
            InetSocketAddress remote) {
        this(connections, listener, channel, local, remote, remote.getAddress());
    }

    private StreamConnection(Connections connections, SocketRequest request, Channel channel, InetSocketAddress local,
            InetSocketAddress remote, InetAddress acceptedFrom) {
        this.connections = connections;
        this.request = request;
        this.transport = request.transport();
        this.channel = channel;
        this.local = local;
        this.remote = remote;
        this.acceptedFrom = acceptedFrom;
        this.input = new StreamInput(channel.alloc(), acceptedFrom == null, request.raw(), this::message);
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        channel.config().setWriteBufferWaterMark(WATER_MARKS);
        channel.config().setAutoRead(!request.raw());
    }

    /** Peers are not reached through proxies, servers are. */
    private static InetSocketAddress target(Connections connections, SocketRequest request) {
        HttpProxy proxy = connections.settings().proxy();
        return proxy == null || request.raw() ? request.remote() : proxy.address();
    }

    void accept() {
        if (transport == Transport.TLS) {
            addTls(connections.settings().shown().newHandler(channel.alloc()));
        }
        channel.pipeline().addLast(this);
        register(() -> { });
    }

    void connect() {
        channel.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS);
        if (request.raw()) {
            TcpChannels.reusePort(connections.kind(), channel);
        }
        InetSocketAddress target = target(connections, request);
        if (target != remote) {
            channel.pipeline().addLast(
                    new HttpTunnel(connections.settings().proxy(), request.serverName(), remote, CONNECT_MILLIS));
        }
        try {
            if (transport == Transport.TLS) {
                addTls(connections.settings().trust().newHandler(channel.alloc(), request.serverName(), remote));
            }
        } catch (RuntimeException e) {
            fail(e);
            channel.unsafe().closeForcibly();
            return;
        }
        channel.pipeline().addLast(this);
        register(() -> channel.connect(target, local).addListener(connected -> {
            if (!connected.isSuccess()) {
                fail(connected.cause());
                closeNow();
            }
        }));
    }

    private void addTls(SslHandler tls) {
        tls.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
        tls.setCloseNotifyFlushTimeoutMillis(LINGER_MILLIS);
        tls.setWrapDataSize(0);                               // a record for each message: some clients take one for the other
        channel.pipeline().addLast(tls);
    }

    private void register(Runnable then) {
        MachineDriver driver = connections.driver();
        driver.channelOpened();
        connections.coming(this);
        driver.loop().register(channel).addListener(registered -> {
            if (registered.isSuccess()) {
                channel.closeFuture().addListener(closed -> gone());
                then.run();
            } else {
                channel.unsafe().closeForcibly();
                fail(registered.cause());
                gone();
            }
        });
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (acceptedFrom != null && !request.raw()) {
            await();                                          // TLS has a time of its own, but only until its handshake is over
        }
        if (transport == Transport.TCP) {
            ready();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                ready();
            } else {
                fail(handshake.cause());
                closeNow();
            }
        }
    }

    private void ready() {
        if (acceptedFrom == null) {
            local = new InetSocketAddress(request.address().getAddress(), ((InetSocketAddress) channel.localAddress()).getPort());
        }
        tuple = new FiveTuple(transport, local, remote);
        if (settled || connections.driver().isClosed()) {
            fail(new IllegalStateException("closed meanwhile"));
            closeNow();
            return;
        }
        settled = true;
        if (acceptedFrom == null) {
            connections.opened(this, request);
        } else {
            connections.accepted(this);
        }
    }

    /** It comes to nothing; of one that was accepted nobody has heard yet. */
    private void fail(Throwable cause) {
        if (settled) {
            return;
        }
        settled = true;
        if (acceptedFrom == null) {
            connections.failed(request, ConnectionFailure.text(cause));
        } else {
            connections.driver().counters().cut.up();
            LOG.debug("{} did not get in: {}", remote, cause.toString());
        }
    }

    private void gone() {
        fail(new IllegalStateException("the server has closed it at once"));
        input.end();
        connections.closed(this);
        if (acceptedFrom != null) {
            connections.gone(acceptedFrom);
        }
        connections.driver().channelGone();
    }

    @Override
    public FiveTuple tuple() {
        return tuple;
    }

    @Override
    public InetAddress acceptedFrom() {
        return acceptedFrom;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            int messages = closing || tuple == null ? 0 : input.take(in);
            if (messages == StreamInput.INVALID) {
                cutOff("what it says is neither STUN nor ChannelData");
            } else if (!input.isWithinMessage()) {
                waiting &= messages == 0;
            } else if (messages > 0 || !waiting) {
                await();
            }
        } finally {
            in.release();
        }
    }

    private void message(ByteBuf message) {
        connections.driver().receivedMessage(new Datagram(transport, remote, local, message));
    }

    private void await() {
        waiting = true;
        waitingSince = System.nanoTime();
        if (!watched) {
            watched = true;
            watch(connections.settings().limits().patience().toMillis());
        }
    }

    private void watch(long millis) {
        channel.eventLoop().schedule(() -> {
            long left = connections.settings().limits().patience().toMillis()
                    - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - waitingSince);
            if (!waiting || input.isRaw() || !channel.isOpen()) {
                watched = false;
            } else if (left <= 0) {
                cutOff("its message does not come to an end");
            } else {
                watch(left);
            }
        }, millis, TimeUnit.MILLISECONDS);
    }

    private void cutOff(String why) {
        connections.driver().counters().cut.up();
        LOG.debug("{} {} is cut off: {}", transport, remote, why);
        closeNow();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        connections.driver().readComplete();
    }

    @Override
    public boolean write(ByteBuf payload) {
        long pending = pending();
        boolean full = pending < 0 || pending > MOST;
        if (closing || full || !input.isRaw() && !channel.isWritable() && isData(payload)) {
            payload.release();
            connections.driver().counters().congested.up();
            if (full && !closing) {
                cutOff("it does not read what it is sent");
            }
            return false;
        }
        channel.write(payload, channel.voidPromise());
        connections.driver().counters().sent.up();
        boolean first = !unflushed;
        unflushed = true;
        return first;
    }

    /** ChannelData or an indication: what, like a datagram, may get lost, while a request is not repeated over a stream. */
    private static boolean isData(ByteBuf message) {
        return message.readableBytes() < 2 || (message.getByte(message.readerIndex()) & 0xC0) != 0
                || (message.getUnsignedShort(message.readerIndex()) & 0x0110) == 0x0010;
    }

    private long pending() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? -1 : buffer.totalPendingWriteBytes();
    }

    @Override
    public void flush() {
        unflushed = false;
        channel.flush();
    }

    @Override
    public void raw() {
        input.raw();
    }

    @Override
    public void pause() {
        input.pause();
        channel.config().setAutoRead(false);
    }

    @Override
    public void resume() {
        input.resume();
        if (!input.isPaused()) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (tuple == null || closing) {
            return;
        }
        if (!channel.isWritable()) {
            watchReader(pending());
        }
        connections.writable(this, channel.isWritable());
    }

    private void watchReader(long before) {
        channel.eventLoop().schedule(() -> {
            if (channel.isOpen() && !channel.isWritable()) {
                if (pending() >= before) {
                    cutOff("it does not read what it is sent");
                } else {
                    watchReader(pending());
                }
            }
        }, STALL_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        input.end();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        if (channel.isOpen()) {
            channel.eventLoop().schedule(this::closeNow, LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void closeNow() {
        closing = true;
        input.end();
        channel.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        connections.driver().failed(remote, cause);
        fail(cause);
        closeNow();
    }
}
