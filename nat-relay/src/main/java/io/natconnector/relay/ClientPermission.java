package io.natconnector.relay;

import io.natconnector.stun.Machine;
import java.net.InetSocketAddress;

/** What the relay lets pass between us and one peer's IP address, whatever the port (RFC 8656, section 9). */
final class ClientPermission {
    /** The peer's address, with the port of the one that asked first. */
    final InetSocketAddress peer;
    /** Wanted even while nothing passes. */
    boolean pinned;
    /** A request is on its way, so data may follow right behind it. */
    boolean asking;
    /** The relay has it until then; 0 before the first answer. */
    long expiresAt;
    /** When to ask again, given that something passed since {@code grantedAt}. */
    long refreshAt = Machine.NEVER;
    long grantedAt;
    long lastUsed;
    /** The relay said no; it isn't asked again until then. */
    long refusedUntil;
    /** How many channels rest on it; it stays as long as they do. */
    int channels;

    ClientPermission(InetSocketAddress peer, long now) {
        this.peer = peer;
        this.lastUsed = now;
    }

    boolean isWanted() {
        return pinned || lastUsed > grantedAt;
    }

    /** Whether data may go to the peer: the relay agreed, or will before it meets the data. */
    boolean isOpen(long now) {
        return now < expiresAt || asking;
    }

    /** Whether it is old enough to be asked for again when the next data goes. */
    boolean isDue(long now) {
        return expiresAt == 0 || now >= grantedAt + ClientPeers.PERMISSION_REFRESH;
    }

    long next() {
        long end = Math.max(expiresAt, refusedUntil);
        return asking || end == 0 ? Machine.NEVER : Math.min(refreshAt, end);
    }
}
