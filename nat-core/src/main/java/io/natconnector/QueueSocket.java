package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** A {@link PeerSocket} as the last handler of a channel: datagrams queue up in it until a thread reads them. */
final class QueueSocket extends ChannelInboundHandlerAdapter implements PeerSocket {
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<ByteBuf> inbound = new ArrayDeque<>();
    private final Tally dropped = new Tally();
    private volatile PeerChannel channel;
    private volatile boolean closed;
    private boolean ended;

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
        ByteBuf datagram = take(timeout);
        if (datagram == null) {
            return -1;
        }
        try {
            int length = Math.min(datagram.readableBytes(), target.remaining());
            ByteBuffer part = target.slice().limit(length);
            datagram.readBytes(part);
            target.position(target.position() + length);
            return length;
        } finally {
            datagram.release();
        }
    }

    /** The next datagram, or {@code null} when none will come any more. */
    private ByteBuf take(Duration timeout) throws IOException {
        long left = timeout.compareTo(FOREVER) < 0 ? timeout.toNanos() : Long.MAX_VALUE;
        lock.lock();
        try {
            checkUsable();
            while (inbound.isEmpty() && !ended) {
                if (left <= 0) {
                    throw new SocketTimeoutException("no datagram within " + timeout);
                }
                left = await(left);
            }
            if (inbound.isEmpty() && channel.cause() != null
                    && channel.cause().reason() == NatException.Reason.PATH_LOST) {
                throw new NatException(channel.cause());
            }
            return inbound.poll();
        } finally {
            lock.unlock();
        }
    }

    private void checkUsable() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (channel.eventLoop().inEventLoop()) {
            throw new IllegalStateException("a PeerSocket blocks: not on the event loop, use the channel there");
        }
    }

    /** Waits for a change, with the lock held; the time left. */
    private long await(long nanos) throws IOException {
        try {
            long left = changed.awaitNanos(nanos);
            if (closed) {
                throw new AsynchronousCloseException();
            }
            return left;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int length = source.remaining();
        if (length > PeerChannel.MAX_DATAGRAM) {
            throw new IOException("a datagram has at most " + PeerChannel.MAX_DATAGRAM + " bytes, not " + length);
        }
        lock.lock();
        try {
            checkUsable();
            while (!channel.isWritable() && !ended) {
                await(Long.MAX_VALUE);
            }
            if (ended) {
                throw channel.cause() == null ? new ClosedChannelException() : new NatException(channel.cause());
            }
        } finally {
            lock.unlock();
        }
        channel.writeAndFlush(Unpooled.copiedBuffer(source));
        source.position(source.limit());
        return length;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            inbound.forEach(ByteBuf::release);
            inbound.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        channel.close();
    }

    /** Datagrams that found the queue full. */
    long dropped() {
        return dropped.value();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof DatagramPacket packet)) {
            context.fireChannelRead(message);
            return;
        }
        lock.lock();
        try {
            if (closed || inbound.size() >= MAX_UNREAD) {
                packet.release();
                dropped.up();
            } else {
                inbound.add(packet.content());
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        wake(false);
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        wake(true);
        context.fireChannelInactive();
    }

    private void wake(boolean isOver) {
        lock.lock();
        try {
            ended |= isOver;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
