package io.natconnector.stun;

import java.net.InetSocketAddress;

/**
 * A machine that wants sockets opened and closed while it runs: a relay server one per allocation, an endpoint one per local
 * address. Its driver drains {@link #pollSocket} where it drains {@link #pollTransmit}, sockets to open before datagrams, sockets
 * to close after them.
 */
public interface SocketMachine extends Machine {
    /** The next thing to do with a socket, or {@code null}. */
    SocketRequest pollSocket();

    /**
     * What became of an {@link SocketRequest.Kind#OPEN}; may come within the same turn or any time later.
     *
     * @param bound the address it was bound to, or {@code null} when it could not be opened
     */
    void socketOpened(SocketRequest request, InetSocketAddress bound, long now);
}
