package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/** A socket of the relay server, by who talks to it: {@link Listener} for clients, {@link RelaySocket} for peers. */
interface Inlet {
    /** Takes in what came; the payload is borrowed. */
    void receive(Datagram datagram, long now);

    /** The same for what came by UDP, without an object for each datagram where it is only passed on. */
    void receive(InetSocketAddress from, ByteBuf payload, long now);
}
