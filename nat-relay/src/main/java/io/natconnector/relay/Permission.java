package io.natconnector.relay;

import java.net.InetAddress;

/** On the server: what one client let one IP address send to it, and the other way round (RFC 8656, section 9). */
final class Permission {
    final InetAddress peer;
    final Reach reach;
    long expiresAt;

    Permission(InetAddress peer, Reach reach) {
        this.peer = peer;
        this.reach = reach;
    }
}
