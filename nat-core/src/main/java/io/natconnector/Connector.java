package io.natconnector;

import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Finds paths to other peers, directly wherever that is possible, over a relay where it is not, and keeps them up.
 *
 * <pre>{@code
 * Connector connector = Connector.builder()
 *         .name("alice")
 *         .stunServer("stun.example.org:3478")
 *         .relay("turn:relay.example.org:3478", "alice", "secret")
 *         .signaling(signaling)
 *         .build();
 * connector.listen(channel -> channel.pipeline().addLast(new EchoHandler()));
 * connector.connect("bob", handler).thenAccept(bob -> bob.writeAndFlush(copiedBuffer("hello", UTF_8)));
 * }</pre>
 *
 * <p>Both sides run the same lines; nobody is the server. Between two connectors there is one connection at a time: who connects to
 * a peer that a connection exists with, or is being made, from either side, gets that one.
 *
 * <p>One connector per process is enough: all its peers share its sockets and its one event loop. All methods may be called from
 * any thread; handlers, listeners and what depends on returned futures run on the event loop and must not block. What user code
 * throws there is logged and does no harm to others.
 */
public interface Connector extends AutoCloseable {
    static ConnectorBuilder builder() {
        return new ConnectorBuilder();
    }

    /** As {@link #connect(String, ChannelHandler)}, for a pipeline that is set up later: datagrams until then are dropped. */
    default CompletableFuture<PeerChannel> connect(String peer) {
        return connect(peer, null);
    }

    /**
     * Connects to the peer of that name.
     *
     * @param handler put into the channel's pipeline before the first datagram; {@code null} for none
     * @return the active channel; failed with a {@link NatException} when there was no path in time. Cancelling it gives up
     * @throws IllegalStateException if this connector has no signalling to ask the peer by
     * @throws IllegalArgumentException if the name is this connector's own
     */
    CompletableFuture<PeerChannel> connect(String peer, ChannelHandler handler);

    /**
     * Connects to the peer of that name, and waits for it.
     *
     * @throws NatException when there was no path in time
     * @throws java.io.InterruptedIOException when the thread was interrupted; its interrupt status is kept
     */
    PeerSocket open(String peer) throws java.io.IOException;

    /**
     * Accepts peers that connect to us, from now on.
     *
     * @param initializer called on the event loop for the channel of each peer that nobody here has asked for, before it becomes
     *     active; replaces the one before
     */
    void listen(Consumer<PeerChannel> initializer);

    /**
     * A peer whose words the application carries itself, by whatever way it has.
     *
     * @param words takes what is to be carried to the peer; called on the event loop
     */
    Peer peer(Consumer<String> words);

    /**
     * Looks at the network: which addresses there are, what the servers say.
     *
     * @param timeout how long to wait for servers that don't answer
     */
    CompletableFuture<NetworkReport> check(Duration timeout);

    /**
     * Examines the NAT by the tests of RFC 5780, on sockets of its own: takes some seconds, since silence is an answer. A STUN
     * server with two addresses tells everything; several plain ones tell how the NAT maps, and nothing about its filter. Sends to
     * the servers and to our own external address.
     *
     * @param idle how long bindings are left alone to see whether they last, each above zero and up to ten minutes, 16 at most;
     *     empty to leave that out. Takes as long as the longest one, and a server with two addresses
     * @return a report for each address family that can reach a server; none if there is no server to ask
     */
    CompletableFuture<List<NatReport>> examineNat(List<Duration> idle);

    /** What it does and has turned away, until now. */
    ConnectorStatistics statistics();

    /**
     * Tells all peers, closes all channels, and gives everything back: signalling too. Waits for that, some seconds at most; on the
     * event loop it returns at once. Idempotent.
     */
    @Override
    void close();
}
