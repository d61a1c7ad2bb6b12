package io.natconnector.stun;

import java.net.InetSocketAddress;

/**
 * A machine that wants sockets opened and closed while it runs: a relay server one per allocation, an endpoint one per local
 * address. Its driver drains {@link #pollSocket} where it drains {@link #pollTransmit}, sockets to open before datagrams, sockets
 * and connections to close after them; over connections it also does so after each message that the machine was given, so that
 * {@link SocketRequest.Kind#RAW} holds from the very next byte on.
 *
 * <p><b>Connections</b> (TCP, TLS, DTLS) come to be in two ways: somebody connects to a listener, or the machine asked for it.
 * Those over TLS and DTLS are told of when the handshake is over; what comes in is a {@link Datagram} of that transport, from the
 * remote address to the local one, and what is to be sent is one from the local address to the remote one. Of each that was told
 * of, the end is told, once, whoever brought it about.
 *
 * <p><b>What a slow reader costs.</b> What is sent faster than the other end reads it is held by the driver, up to a bound. Past
 * it, messages of framed connections are dropped, as datagrams may be. Of raw connections nothing may be missing, so the machine
 * has to stop the source when {@link #connectionWritable} says so: it asks to {@link SocketRequest#pause} the connection that the
 * bytes come from and to {@link SocketRequest#resume} it later. Where it goes on in spite of that, the connection is closed.
 *
 * <p>All that is told comes as {@link Machine#receive} does: in a turn of the driver, which drains the machine afterwards.
 */
public interface SocketMachine extends Machine {
    /** The next thing to do with a socket or a connection, or {@code null}. */
    SocketRequest pollSocket();

    /**
     * What became of an {@link SocketRequest.Kind#OPEN}; may come within the same turn or any time later.
     *
     * @param bound the address it was bound to, or {@code null} when it could not be opened
     */
    void socketOpened(SocketRequest request, InetSocketAddress bound, long now);

    /** Somebody has connected to a listener; {@link FiveTuple#local} is the listener's address. */
    default void connectionAccepted(FiveTuple connection, long now) { }

    /** An {@link SocketRequest.Kind#CONNECT} has succeeded; {@link FiveTuple#local} says which port it got. */
    default void connectionOpened(SocketRequest request, FiveTuple connection, long now) { }

    /**
     * An {@link SocketRequest.Kind#CONNECT} has failed; after 10 s without an answer it does.
     *
     * @param reason for people to read
     */
    default void connectionFailed(SocketRequest request, String reason, long now) { }

    /** A connection is no more: either end has closed it, or the network broke it. What was not sent yet is lost. */
    default void connectionClosed(FiveTuple connection, long now) { }

    /**
     * The other end reads more slowly than is sent, or has caught up again. Every connection is writable at first.
     *
     * @param writable false when more than a quarter of what the driver holds at most awaits to be sent
     */
    default void connectionWritable(FiveTuple connection, boolean writable, long now) { }
}
