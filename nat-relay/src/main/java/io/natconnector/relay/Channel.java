package io.natconnector.relay;

import java.net.InetSocketAddress;

/** On the server: a number that stands for one peer (RFC 8656, section 12), and the permission that it needs. */
final class Channel {
    final int number;
    final InetSocketAddress peer;
    final Permission permission;
    long expiresAt;

    Channel(int number, InetSocketAddress peer, Permission permission) {
        this.number = number;
        this.peer = peer;
        this.permission = permission;
    }
}
