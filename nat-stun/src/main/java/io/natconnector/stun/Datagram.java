package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * One datagram between two addresses, or one framed message where {@code transport} is a stream.
 *
 * @param transport what carries it
 * @param from the sender's address; for one to be sent, the local address (its socket) that it leaves from
 * @param to the receiver's address; for a received one, the local address that it came in at
 * @param payload the bytes between reader and writer index; {@link Machine} says who releases it
 */
public record Datagram(Transport transport, InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
    public Datagram {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(payload, "payload");
    }

    public static Datagram udp(InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
        return new Datagram(Transport.UDP, from, to, payload);
    }

    /** The same way back, for an answer. */
    public Datagram reply(ByteBuf answer) {
        return new Datagram(transport, to, from, answer);
    }
}
