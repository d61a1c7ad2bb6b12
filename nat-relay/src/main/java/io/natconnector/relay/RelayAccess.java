package io.natconnector.relay;

import io.natconnector.stun.Transport;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * Where a relay is and who we are to it.
 *
 * @param transport what carries the messages between us and the relay; what it relays is always UDP
 * @param server its address, resolved
 * @param username as agreed with the operator, or {@code expiry:name} of time-limited credentials
 * @param password never logged
 * @param serverName what the certificate of a relay over TLS or DTLS must be for; {@code null} for its IP address
 */
public record RelayAccess(Transport transport, InetSocketAddress server, String username, String password, String serverName) {
    public RelayAccess {
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
        if (server.isUnresolved() || server.getPort() == 0) {
            throw new IllegalArgumentException("a relay needs a resolved address and a port, not " + server);
        }
    }

    /** One whose name is of no importance. */
    public RelayAccess(Transport transport, InetSocketAddress server, String username, String password) {
        this(transport, server, username, password, null);
    }

    /** The same account at another server, which must have a certificate for the same name. */
    public RelayAccess at(InetSocketAddress other) {
        return new RelayAccess(transport, other, username, password, serverName);
    }

    /** RFC 8489, section 10: to a server of the same family, and not to the same once more. */
    boolean mayMoveTo(InetSocketAddress other) {
        return other != null && other.getPort() != 0 && !other.equals(server)
                && other.getAddress().getClass() == server.getAddress().getClass()
                && !other.getAddress().isAnyLocalAddress() && !other.getAddress().isMulticastAddress();
    }

    @Override
    public String toString() {
        return "relay " + transport + ' ' + server + " as " + username;
    }
}
