package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * A {@link PeerSocket} as the last handler of a channel. What comes in waits in a ring until a thread reads it; what threads write
 * waits in another until the event loop takes it, many at a time. Of the readers one waits for the ring, the others for their turn;
 * so it is with the writers.
 */
final class QueueSocket extends ChannelInboundHandlerAdapter implements PeerSocket {
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);
    private static final int MAX_UNSENT = 256;
    private static final int MAX_UNSENT_BYTES = 1 << 18;

    private final DatagramRing inbound = new DatagramRing(MAX_UNREAD, MAX_UNREAD_BYTES);
    private final DatagramRing outbound = new DatagramRing(MAX_UNSENT, MAX_UNSENT_BYTES);
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicBoolean sending = new AtomicBoolean();
    private final Runnable send = this::send;
    private volatile Thread reader;                           // waits for a datagram
    private volatile Thread writer;                           // waits for room
    private volatile PeerChannel channel;
    private volatile boolean closed;
    private volatile boolean ended;
    private ChannelHandlerContext context;
    private boolean unannounced;                              // datagrams that the reader was not woken for yet

    /** Connects and waits. */
    static QueueSocket open(Function<ChannelHandler, CompletableFuture<PeerChannel>> connect) throws IOException {
        QueueSocket socket = new QueueSocket();
        CompletableFuture<PeerChannel> connecting = connect.apply(socket);
        try {
            socket.channel = connecting.get();
            return socket;
        } catch (InterruptedException e) {
            connecting.cancel(false);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while connecting");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NatException failure) {
                throw new NatException(failure);              // with the stack of the thread that waited
            }
            throw new IOException(e.getCause());
        }
    }

    @Override
    public PeerChannel channel() {
        return channel;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return read(target, FOREVER);
    }

    @Override
    public int read(ByteBuffer target, Duration timeout) throws IOException {
        checkUsable();
        boolean forever = timeout.compareTo(FOREVER) >= 0;
        long deadline = forever ? 0 : System.nanoTime() + timeout.toNanos();
        if (!turn(reading, forever, deadline)) {
            throw new SocketTimeoutException("no datagram within " + timeout);
        }
        try {
            while (true) {
                boolean isLast = ended;                       // asked first: what came before the end is in the ring then
                int length = inbound.poll(target);
                if (length >= 0 || isLast) {
                    return length >= 0 ? length : end();
                }
                long left = forever ? Long.MAX_VALUE : deadline - System.nanoTime();
                if (left <= 0) {
                    throw new SocketTimeoutException("no datagram within " + timeout);
                }
                reader = Thread.currentThread();
                if (inbound.isEmpty() && !ended && !closed) {
                    LockSupport.parkNanos(this, left);
                }
                checkWaiter();
            }
        } finally {
            reader = null;
            reading.unlock();
        }
    }

    /** Waits until this thread is the one whose turn it is; false when the time is over. */
    private boolean turn(ReentrantLock lock, boolean forever, long deadline) throws IOException {
        boolean mine = false;
        try {
            mine = lock.tryLock(forever ? Long.MAX_VALUE : deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (mine && closed) {
            lock.unlock();
        }
        checkWaiter();
        return mine;
    }

    /** For who has waited. */
    private void checkWaiter() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            close();
            throw new ClosedByInterruptException();
        }
        if (closed) {
            throw new AsynchronousCloseException();
        }
    }

    private int end() throws NatException {
        NatException cause = channel.cause();
        if (cause != null && cause.reason() == NatException.Reason.PATH_LOST) {
            throw new NatException(cause);
        }
        return -1;
    }

    private void checkUsable() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (channel.eventLoop().inEventLoop()) {
            throw new IllegalStateException("a PeerSocket blocks: not on the event loop, use the channel there");
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = source.remaining();
        int most = channel.identity() != null ? PeerChannel.MAX_ENCRYPTED_DATAGRAM : PeerChannel.MAX_DATAGRAM;
        if (length > most) {
            throw new IOException("a datagram has at most " + most + " bytes, not " + length);
        }
        checkUsable();
        turn(writing, true, 0);
        try {
            while (!offer(source)) {
                writer = Thread.currentThread();
                if (offer(source)) {                          // again: room may have been made before anybody could see us
                    break;
                }
                LockSupport.park(this);
                checkWaiter();
            }
        } finally {
            writer = null;
            writing.unlock();
        }
        if (sending.compareAndSet(false, true)) {
            start();
        }
        return length;
    }

    private boolean offer(ByteBuffer source) throws IOException {
        if (ended) {
            throw channel.cause() == null ? new ClosedChannelException() : new NatException(channel.cause());
        }
        return outbound.offer(source);
    }

    private void start() throws ClosedChannelException {
        try {
            channel.eventLoop().execute(send);
        } catch (RejectedExecutionException e) {
            throw new ClosedChannelException();
        }
    }

    /** Takes over what threads have written, as much as the channel takes. */
    private void send() {
        sending.set(false);                                   // first: what is written from now on begins anew
        boolean any = false;
        for (ByteBuf datagram; context.channel().isWritable() && (datagram = outbound.poll(context.alloc())) != null; any = true) {
            context.write(datagram, context.voidPromise());
        }
        if (any) {
            context.flush();
            wake(writer);
        }
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
        inbound.clear();
        wake(reader);
        wake(writer);
        channel.close();
    }

    private static void wake(Thread waiting) {
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (!(message instanceof DatagramPacket packet)) {
            from.fireChannelRead(message);
            return;
        }
        if (closed || !inbound.offer(packet.content())) {
            ((DefaultPeerChannel) from.channel()).unread();
        }
        packet.release();
        unannounced = true;
    }

    /** Many datagrams may have come in one go: one waking up is enough for them. */
    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        if (unannounced) {
            unannounced = false;
            wake(reader);
        }
        from.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        if (from.channel().isWritable()) {
            send();
        }
        from.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        ended = true;
        outbound.clear();
        wake(reader);
        wake(writer);
        from.fireChannelInactive();
    }
}
