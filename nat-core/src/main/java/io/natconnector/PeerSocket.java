package io.natconnector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;

/**
 * A connection with a peer for plain blocking Java: each write is one datagram, each read is one datagram. May be used by several
 * threads; not from the event loop.
 *
 * <p>Up to {@value #MAX_UNREAD} datagrams wait to be read, of {@value #MAX_UNREAD_BYTES} bytes in all; what comes beyond that is
 * dropped, as UDP would, and counted ({@link PeerChannel#statistics}).
 */
public interface PeerSocket extends ByteChannel {
    /** How many datagrams wait for a reader. */
    int MAX_UNREAD = 512;

    /** How many bytes wait for a reader, those by which datagrams are told apart among them. */
    int MAX_UNREAD_BYTES = 1 << 20;

    /**
     * Waits for a datagram and reads it. What does not fit into the buffer is lost.
     *
     * @return its length, or what of it fitted; -1 when the peer has closed the connection and all was read
     * @throws NatException when the connection was lost
     * @throws java.nio.channels.AsynchronousCloseException when it is closed meanwhile by another thread
     * @throws java.nio.channels.ClosedByInterruptException when this thread is interrupted meanwhile; the socket is closed then
     * @throws java.nio.channels.ClosedChannelException when it was closed before
     */
    @Override
    int read(ByteBuffer target) throws IOException;

    /**
     * The same with a limit.
     *
     * @throws java.net.SocketTimeoutException when nothing came in time; the socket stays open
     */
    int read(ByteBuffer target, Duration timeout) throws IOException;

    /**
     * Sends all that remains in the buffer as one datagram. Waits while the network is slower than the writer.
     *
     * @throws IOException if it is longer than {@link PeerChannel#MAX_DATAGRAM}, or encrypted and longer than
     *         {@link PeerChannel#MAX_ENCRYPTED_DATAGRAM}
     */
    @Override
    int write(ByteBuffer source) throws IOException;

    /** The channel underneath. */
    PeerChannel channel();

    /** The way that datagrams take now; {@code null} while there is none. */
    default Path path() {
        return channel().path();
    }

    /** Closes it and says so to the peer. Wakes readers. */
    @Override
    void close();
}
