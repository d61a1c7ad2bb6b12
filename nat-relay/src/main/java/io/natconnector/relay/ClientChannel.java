package io.natconnector.relay;

import io.natconnector.stun.Machine;
import java.net.InetSocketAddress;

/** A number that stands for a peer (RFC 8656, section 12). */
final class ClientChannel {
    final int number;
    final InetSocketAddress peer;
    final ClientPermission permission;
    /** The relay knows it until then; 0 before the first answer. */
    long expiresAt;
    /** When to ask again, given that something passed since {@code grantedAt}. */
    long refreshAt = Machine.NEVER;
    long grantedAt;
    long lastUsed;
    boolean asking;
    /** The relay said no; it isn't asked again until then. */
    long refusedUntil;

    ClientChannel(int number, InetSocketAddress peer, ClientPermission permission, long now) {
        this.number = number;
        this.peer = peer;
        this.permission = permission;
        this.lastUsed = now;
    }

    /** RFC 8656, section 12.5: data may go on it only after the success response. */
    boolean isBound(long now) {
        return now < expiresAt;
    }

    boolean isWanted() {
        return permission.pinned || lastUsed > grantedAt;
    }

    void used(long now) {
        lastUsed = now;
        permission.lastUsed = now;
    }

    long next() {
        long end = Math.max(expiresAt, refusedUntil);
        return asking || end == 0 ? Machine.NEVER : Math.min(refreshAt, end);
    }
}
