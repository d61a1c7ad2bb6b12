package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * What tells one connection from all others (RFC 8656, section 2): a TCP or TLS connection, or a DTLS association.
 *
 * @param transport what it speaks, not UDP, which has no connections
 * @param local our end
 * @param remote the other end
 */
public record FiveTuple(Transport transport, InetSocketAddress local, InetSocketAddress remote) {
    public FiveTuple {
        Objects.requireNonNull(local, "local");
        Objects.requireNonNull(remote, "remote");
        if (transport == Transport.UDP) {
            throw new IllegalArgumentException("there are no connections over UDP: " + local + " to " + remote);
        }
    }

    /** That by which a received datagram came in. */
    public static FiveTuple of(Datagram received) {
        return new FiveTuple(received.transport(), received.to(), received.from());
    }

    /** A message, or some of the bytes of a raw connection, for the other end; the payload is given away. */
    public Datagram send(ByteBuf payload) {
        return new Datagram(transport, local, remote, payload);
    }
}
