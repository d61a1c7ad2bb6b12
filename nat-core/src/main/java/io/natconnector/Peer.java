package io.natconnector;

import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * A peer whose words the application carries itself: {@link Connector#peer}. Both sides make one, carry each other's words, and
 * call {@link #connect} or {@link #open}.
 *
 * <pre>{@code
 * Peer bob = connector.peer(text -> mailbox.send("bob", text));
 * mailbox.onMessage("bob", bob::receive);
 * bob.handler(handler).connect();
 * }</pre>
 *
 * <p>The words are {@code application/trickle-ice-sdpfrag} (RFC 8840), so that the other side may be any implementation of ICE.
 */
public interface Peer extends AutoCloseable {
    /**
     * Hands over words of the peer. Any thread, any order; duplicates are welcome, losses are made good. Those that come before
     * {@link #connect} wait for it.
     *
     * @throws IllegalArgumentException if the text is not well formed; the message says what was expected
     */
    void receive(String words);

    /**
     * What goes into the pipeline of the next channel before its first datagram. To connect more than once takes a sharable one, a
     * {@link io.netty.channel.ChannelInitializer} for example.
     */
    Peer handler(ChannelHandler handler);

    /** Fixes the ICE role of the next connection: for a peer of another implementation that was told the opposite. */
    Peer role(Role role);

    /**
     * Connects, or joins a connection that exists or is being made.
     *
     * @return the active channel; failed with a {@link NatException} when there was no path in time. Cancelling it gives up
     */
    CompletableFuture<PeerChannel> connect();

    /**
     * Connects, and waits for it.
     *
     * @throws NatException when there was no path in time
     */
    PeerSocket open() throws IOException;

    /** What was tried and what came of it in the last connection. */
    ConnectReport report();

    /** Closes the connection, if there is one, and says so to the peer. */
    @Override
    void close();
}
