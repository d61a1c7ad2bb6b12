package io.natconnector.stun;

import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * What a machine wants done with a socket or a connection. What came of it is told by {@link SocketMachine}.
 *
 * <p>A connection is framed unless it is {@code raw}: the driver cuts what comes in into STUN messages and ChannelData, and the
 * machine is given one {@link Datagram} for each, padding included. Of a raw connection it is given the bytes as they come, any
 * number at a time; those of one that was raw from the start are left in the network until {@link #resume} is asked for, so that
 * none is lost before the machine knows what to do with them. To send, there is no difference: the payload of each datagram goes
 * into the stream as it is, so that the machine pads ChannelData to 4 bytes itself (RFC 8656, section 12.5).
 *
 * @param kind what to do
 * @param transport what the socket or connection speaks
 * @param address the local address: to bind (port 0: any free one), or that of the socket or connection that is meant
 * @param remote the other end where a connection is meant, else {@code null}
 * @param raw for {@link Kind#OPEN} and {@link Kind#CONNECT}, whether the connections carry bytes instead of messages
 * @param serverName for {@link Kind#CONNECT} over TLS or DTLS, the name that the server's certificate must be for; {@code null}
 *        where its IP address is
 * @param dontFragment for {@link Kind#OPEN} of UDP, whether what is sent from there is lost rather than cut up on its way
 */
public record SocketRequest(Kind kind, Transport transport, InetSocketAddress address, InetSocketAddress remote, boolean raw,
        String serverName, boolean dontFragment) {
    public enum Kind {
        /** Opens a UDP socket, or a listener for connections of the other transports. */
        OPEN,
        /** Makes a connection from the local address to the remote one. */
        CONNECT,
        /**
         * Closes the UDP socket or the listener at the local address, whose connections stay; or, with a remote address, the
         * connection between the two, after what was sent on it has left, as far as that is possible within a few seconds.
         */
        CLOSE,
        /** Makes a framed connection raw, from the byte behind the last message that the machine was given. */
        RAW,
        /** Reads no more from a raw connection, so that the other end gets to feel it; what is read already may still come. */
        PAUSE,
        /** Reads again from a connection that was paused, or was raw from the start. */
        RESUME
    }

    public SocketRequest {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(address, "address");
        boolean fits = remote == null ? kind == Kind.OPEN || kind == Kind.CLOSE
                : kind != Kind.OPEN && transport != Transport.UDP;
        if (!fits) {
            throw new IllegalArgumentException("no such thing: " + kind + ' ' + transport + ' ' + address + " with " + remote);
        }
    }

    /** Without a word about fragments. */
    public SocketRequest(Kind kind, Transport transport, InetSocketAddress address, InetSocketAddress remote, boolean raw,
            String serverName) {
        this(kind, transport, address, remote, raw, serverName, false);
    }

    /** For a socket or a listener: {@link Kind#OPEN} or {@link Kind#CLOSE}. */
    public SocketRequest(Kind kind, Transport transport, InetSocketAddress address) {
        this(kind, transport, address, null, false, null);
    }

    public static SocketRequest openUdp(InetSocketAddress address) {
        return new SocketRequest(Kind.OPEN, Transport.UDP, address);
    }

    /** A socket from which nothing is sent that would have to be cut up (RFC 8656, section 14). */
    public static SocketRequest openUnfragmented(InetSocketAddress address) {
        return new SocketRequest(Kind.OPEN, Transport.UDP, address, null, false, null, true);
    }

    public static SocketRequest closeUdp(InetSocketAddress address) {
        return new SocketRequest(Kind.CLOSE, Transport.UDP, address);
    }

    /**
     * Listens for raw TCP connections, at an address that {@link #connectRaw} may use at the same time: the relayed address of a
     * TCP allocation (RFC 6062, section 4.1).
     */
    public static SocketRequest listenRaw(InetSocketAddress address) {
        return new SocketRequest(Kind.OPEN, Transport.TCP, address, null, true, null);
    }

    /** Makes a raw TCP connection, from an address that {@link #listenRaw} may use at the same time (RFC 6062, section 4.3). */
    public static SocketRequest connectRaw(InetSocketAddress local, InetSocketAddress remote) {
        return new SocketRequest(Kind.CONNECT, Transport.TCP, local, remote, true, null);
    }

    /**
     * Makes a framed connection to a server.
     *
     * @param local port 0 for any free one
     * @param serverName as in the certificate of a TLS or DTLS server; {@code null} to expect one for its IP address
     */
    public static SocketRequest connect(Transport transport, InetSocketAddress local, InetSocketAddress server, String serverName) {
        return new SocketRequest(Kind.CONNECT, transport, local, server, false, serverName);
    }

    public static SocketRequest close(FiveTuple connection) {
        return of(Kind.CLOSE, connection);
    }

    /** See {@link Kind#RAW}. */
    public static SocketRequest raw(FiveTuple connection) {
        return of(Kind.RAW, connection);
    }

    /** See {@link Kind#PAUSE}. */
    public static SocketRequest pause(FiveTuple connection) {
        return of(Kind.PAUSE, connection);
    }

    /** See {@link Kind#RESUME}. */
    public static SocketRequest resume(FiveTuple connection) {
        return of(Kind.RESUME, connection);
    }

    private static SocketRequest of(Kind kind, FiveTuple connection) {
        return new SocketRequest(kind, connection.transport(), connection.local(), connection.remote(), false, null);
    }

    /** The connection that is meant, or {@code null} where it is a socket or a listener. */
    public FiveTuple connection() {
        return remote == null ? null : new FiveTuple(transport, address, remote);
    }
}
