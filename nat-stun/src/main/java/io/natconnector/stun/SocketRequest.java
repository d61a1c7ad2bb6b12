package io.natconnector.stun;

import java.net.InetSocketAddress;

/**
 * What a machine wants done with a socket.
 *
 * @param kind open or close
 * @param transport what the socket speaks
 * @param address the local address to bind (port 0: any free one), or that of the socket to close
 */
public record SocketRequest(Kind kind, Transport transport, InetSocketAddress address) {
    public enum Kind { OPEN, CLOSE }

    public static SocketRequest openUdp(InetSocketAddress address) {
        return new SocketRequest(Kind.OPEN, Transport.UDP, address);
    }

    public static SocketRequest closeUdp(InetSocketAddress address) {
        return new SocketRequest(Kind.CLOSE, Transport.UDP, address);
    }
}
