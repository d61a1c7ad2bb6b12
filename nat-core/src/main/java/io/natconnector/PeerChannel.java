package io.natconnector;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/**
 * A connected datagram channel to one peer. It behaves as a connected UDP channel does: what is read is a
 * {@link io.netty.channel.socket.DatagramPacket}, what is written is one or a {@link io.netty.buffer.ByteBuf}, and each write is
 * one datagram, which may be lost, doubled or overtaken.
 *
 * <p>It is active from the first path on until it is closed from either side, the peer starts anew, or all paths are lost for good;
 * {@link #cause} tells which. Meanwhile paths come and go underneath: the pipeline sees {@link PathChanged} user events, and
 * datagrams written while there is none are dropped as a network would.
 *
 * <p>What is sent is encrypted (DTLS), unless both connectors were told {@link ConnectorBuilder#plaintext}.
 *
 * <p>A datagram has {@link #MAX_DATAGRAM} bytes at most, {@link #MAX_ENCRYPTED_DATAGRAM} if it is encrypted; a longer one fails
 * its promise. What passes unfragmented depends on the path: see {@link #mtu}.
 *
 * <p>Handlers run on the channel's event loop, which all channels of a connector share: they must not block.
 */
public interface PeerChannel extends Channel {
    /** What fits into a datagram of UDP with a relay's frame around it. */
    int MAX_DATAGRAM = 65_400;

    /** What fits into a record of DTLS. */
    int MAX_ENCRYPTED_DATAGRAM = 16_384;

    /** A synthetic address of this side, for protocols that want one; see {@link #remoteAddress}. */
    @Override
    InetSocketAddress localAddress();

    /**
     * A synthetic address that stands for the peer: the same for the life of the channel, whatever paths carry it, and another one
     * for each channel. Where datagrams really go is {@link #path}.
     */
    @Override
    InetSocketAddress remoteAddress();

    /** The peer as it was called in {@link Connector#connect}; a made-up name for one that has none. */
    String peer();

    /**
     * Who the peer has proved to be, before the channel became active; {@code null} in plaintext. Pin the
     * {@linkplain PeerIdentity#fingerprint fingerprint} of a peer that keeps its key.
     */
    PeerIdentity identity();

    /** How datagrams are sealed, {@code AES-128-GCM} or {@code ChaCha20-Poly1305}; empty in plaintext. */
    String cipher();

    /** The way that datagrams take now; {@code null} while there is none. */
    Path path();

    /**
     * The longest datagram, in bytes, that is known to pass over the present path; 0 while there is none. It is a little above 1200
     * at first, and more, where the path has room, a round trip or two later. Longer datagrams may be written all the same: they
     * wait until a check of their size has come back, and are dropped if none does; from then on such ones fail their promise. To
     * a foreign peer, which can't be asked, all is sent as it is.
     */
    int mtu();

    /** True at exactly one of the two sides: a natural client for a protocol on top. */
    boolean isInitiator();

    /** What was tried and what came of it, until now. Blocks shortly when called from another thread than the event loop. */
    ConnectReport report();

    ChannelStatistics statistics();

    /** Why the channel is not active any more; {@code null} as long as it is. */
    NatException cause();
}
