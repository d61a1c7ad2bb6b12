package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;

/**
 * The channel of one {@link Call}. It has no socket: what is written goes into the call's session, and what the session hands out
 * is read here.
 */
final class DefaultPeerChannel extends AbstractChannel implements PeerChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
    /** What encryption adds to a datagram, and what a number does. */
    private static final int RECORD_OVERHEAD = 37;
    private static final int NUMBER = 4;
    /** Datagrams that wait for a reader who has turned automatic reading off. */
    static final int MAX_UNREAD = 256;
    /** Datagrams, and bytes, that are handed to the session in one go before the sockets are asked whether they are full. */
    private static final int WRITE_BATCH = 64;
    private static final int WRITE_BYTES = 256 << 10;
    /** Packets that are kept to be used again: as many as are read in one go, by and large. */
    private static final int MAX_SPARE = 32;

    private final Call call;
    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final Queue<ByteBuf> unread = new ArrayDeque<>(0);
    private final Deque<PeerDatagram> spare = new ArrayDeque<>(0);
    private final Tally sent = new Tally();
    private final Tally received = new Tally();
    private final Tally dropped = new Tally();
    private volatile boolean open = true;
    private volatile boolean connected;
    private volatile boolean initiator;
    private volatile Path path;
    private volatile PeerIdentity identity;
    private volatile String cipher = "";
    private volatile NatException cause;
    private boolean readPending;
    private boolean batchOpen;
    private boolean blocked;

    DefaultPeerChannel(Call call, InetSocketAddress local, InetSocketAddress remote) {
        super(null);
        this.call = call;
        this.local = local;
        this.remote = remote;
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remote;
    }

    @Override
    public String peer() {
        return call.peer();
    }

    @Override
    public PeerIdentity identity() {
        return identity;
    }

    @Override
    public String cipher() {
        return cipher;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public boolean isInitiator() {
        return initiator;
    }

    @Override
    public ConnectReport report() {
        return call.report();
    }

    @Override
    public ChannelStatistics statistics() {
        return new ChannelStatistics(sent.value(), received.value(), dropped.value());
    }

    @Override
    public NatException cause() {
        return cause;
    }

    /** The first path is there; the pipeline gets to know by {@link #activate}. */
    void connected(Path first, boolean isInitiator, PeerIdentity proved, String sealing) {
        path = first;
        cipher = sealing;
        identity = proved;
        initiator = isInitiator;
    }

    void activate() {
        connected = true;
        pipeline().fireChannelActive();
    }

    void pathChanged(Path to) {
        if (!open) {
            return;                                           // it was on its way when the channel was closed
        }
        PathChanged event = new PathChanged(path, to);
        path = to;
        if (isActive()) {
            pipeline().fireUserEventTriggered(event);
        }
    }

    /** The same path, of which more is known. */
    void resized(Path same) {
        path = open ? same : null;
    }

    @Override
    public int mtu() {
        Path now = path;
        return now == null ? 0 : now.mtu() - (identity != null ? RECORD_OVERHEAD : NUMBER);
    }

    /** The session is over. */
    void end(NatException why) {
        cause = cause == null ? why : cause;
        if (isRegistered()) {
            unsafe().close(voidPromise());
        }
    }

    /**
     * A datagram of the peer; takes it over.
     *
     * @return whether a batch begins, which {@link #readComplete} ends
     */
    boolean receive(ByteBuf payload) {
        received.up();
        if (!isActive() || unread.size() >= MAX_UNREAD) {
            payload.release();
            dropped.up();
            return false;
        }
        if (!readPending || !unread.isEmpty()) {
            unread.add(payload);
            return false;
        }
        boolean first = !batchOpen;
        batchOpen = true;
        fire(payload);
        return first;
    }

    private void fire(ByteBuf payload) {
        PeerDatagram packet = spare.poll();
        pipeline().fireChannelRead((packet == null ? new PeerDatagram(this) : packet).with(payload));
    }

    /** A packet that was released. Any thread. */
    void spare(PeerDatagram packet) {
        if (eventLoop().inEventLoop() && spare.size() < MAX_SPARE && open) {
            spare.push(packet);
        }
    }

    /** A datagram that was handed on was not read in time. */
    void unread() {
        dropped.up();
    }

    void readComplete() {
        batchOpen = false;
        readPending = false;                                  // automatic reading asks again at once
        pipeline().fireChannelReadComplete();
    }

    @Override
    protected void doBeginRead() {
        readPending = true;
        if (!unread.isEmpty()) {
            eventLoop().execute(this::readQueued);
        }
    }

    private void readQueued() {
        if (!readPending || unread.isEmpty() || batchOpen) {
            return;
        }
        for (int i = 0; i < METADATA.defaultMaxMessagesPerRead() && !unread.isEmpty(); i++) {
            fire(unread.remove());
        }
        readComplete();
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        ByteBuf content = content(message);
        if (content == null) {
            throw new UnsupportedOperationException(
                    "expected a ByteBuf or a DatagramPacket, not a " + message.getClass().getName());
        }
        int most = identity != null ? MAX_ENCRYPTED_DATAGRAM : MAX_DATAGRAM;
        if (content.readableBytes() > most) {
            throw new IllegalArgumentException("a datagram has at most " + most + " bytes, not " + content.readableBytes());
        }
        return message;
    }

    /** Where to an envelope is addressed does not matter: there is one peer. */
    private static ByteBuf content(Object message) {
        if (message instanceof ByteBuf buffer) {
            return buffer;
        }
        return message instanceof AddressedEnvelope<?, ?> envelope && envelope.content() instanceof ByteBuf buffer ? buffer : null;
    }

    /** Hands over as much as the sockets take; the rest stays in the buffer, by which writers see that they are too fast. */
    @Override
    protected void doWrite(ChannelOutboundBuffer messages) throws Exception {
        while (!messages.isEmpty()) {
            if (!call.isWritable()) {
                if (!blocked) {
                    blocked = true;
                    call.awaitWritable();
                }
                return;
            }
            long now = call.now();
            int bytes = 0;
            for (int i = 0; i < WRITE_BATCH && bytes < WRITE_BYTES && !messages.isEmpty(); i++) {
                ByteBuf datagram = content(messages.current());
                bytes += datagram.readableBytes();
                if (call.send(datagram, now)) {
                    sent.up();
                    messages.remove();                        // done as far as a writer can know: UDP tells no more
                } else {
                    dropped.up();
                    dropped(messages, datagram, now);
                }
            }
            call.flush();
        }
    }

    /** Without a path it is lost as in any network; too long a one would get lost again and again, and its writer should know. */
    private void dropped(ChannelOutboundBuffer messages, ByteBuf datagram, long now) {
        if (call.refuses(datagram, now)) {
            messages.remove(new IOException("a datagram of " + datagram.readableBytes()
                    + " bytes is too long for the path, which takes " + mtu()));
        } else {
            messages.remove();
        }
    }

    void resumeWriting() {
        blocked = false;
        if (isActive()) {
            ((PeerUnsafe) unsafe()).resume();
        }
    }

    @Override
    protected void doClose() {
        open = false;
        path = null;
        unread.forEach(ByteBuf::release);
        unread.clear();
        spare.clear();
        call.close();
        if (cause == null) {                                  // within a drain its events come later
            cause = new NatException(NatException.Reason.CLOSED, "", call.report());
        }
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("a peer's channel has no address to bind");
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open && connected;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new PeerUnsafe();
    }

    private final class PeerUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("connect by Connector.connect"));
        }

        void resume() {
            flush0();
        }
    }
}
