package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * The permissions and channels of one allocation on the server. Whoever is looked up is asked for its time; nobody is waited for:
 * there are few, and the next that wants a place when there is none sweeps out who has expired.
 */
final class PeerTable {
    static final long PERMISSION_LIFETIME = SECONDS.toNanos(300);
    static final long CHANNEL_LIFETIME = SECONDS.toNanos(600);

    private final int maxPermissions;
    private final int maxChannels;
    private final Map<InetAddress, Permission> permissions = new HashMap<>(4);
    private final Map<InetSocketAddress, Channel> channels = new HashMap<>(4);
    private final IntObjectMap<Channel> byNumber = new IntObjectHashMap<>(4);

    PeerTable(int maxPermissions, int maxChannels) {
        this.maxPermissions = maxPermissions;
        this.maxChannels = maxChannels;
    }

    /** The permission for that address, or {@code null} when there is none now. */
    Permission permission(InetAddress peer, long now) {
        Permission permission = permissions.get(peer);
        return permission != null && now < permission.expiresAt ? permission : null;
    }

    /** The channel of that number, or {@code null} when it is bound to nobody now, or its peer's permission has expired. */
    Channel channel(int number, long now) {
        return live(byNumber.get(number), now);
    }

    Channel channel(InetSocketAddress peer, long now) {
        return live(channels.get(peer), now);
    }

    private static Channel live(Channel channel, long now) {
        return channel != null && now < channel.expiresAt && now < channel.permission.expiresAt ? channel : null;
    }

    /** Whether so many more permissions can be had. */
    boolean hasRoom(int morePermissions, long now) {
        if (permissions.size() + morePermissions > maxPermissions) {
            sweep(now);
        }
        return permissions.size() + morePermissions <= maxPermissions;
    }

    boolean hasRoomForChannel(long now) {
        if (channels.size() >= maxChannels) {
            sweep(now);
        }
        return channels.size() < maxChannels;
    }

    boolean knows(InetAddress peer) {
        return permissions.containsKey(peer);
    }

    Permission permit(InetAddress peer, Reach reach, long now) {
        Permission permission = permissions.computeIfAbsent(peer, address -> new Permission(address, reach));
        permission.expiresAt = now + PERMISSION_LIFETIME;
        return permission;
    }

    /** RFC 8656, section 12.2: whether the number or the peer is bound otherwise. */
    boolean conflicts(int number, InetSocketAddress peer, long now) {
        Channel byThatNumber = unexpired(byNumber.get(number), now);
        Channel ofThatPeer = unexpired(channels.get(peer), now);
        return byThatNumber != ofThatPeer;
    }

    private static Channel unexpired(Channel channel, long now) {
        return channel != null && now < channel.expiresAt ? channel : null;
    }

    boolean isBound(InetSocketAddress peer, long now) {
        return unexpired(channels.get(peer), now) != null;
    }

    /** Binds, or renews; there is no conflict and there is room. */
    void bind(int number, InetSocketAddress peer, Permission permission, long now) {
        Channel channel = channels.get(peer);
        if (channel == null || channel.number != number) {
            remove(channel);
            remove(byNumber.get(number));
            channel = new Channel(number, peer, permission);
            channels.put(peer, channel);
            byNumber.put(number, channel);
        }
        channel.expiresAt = now + CHANNEL_LIFETIME;
    }

    private void remove(Channel channel) {
        if (channel != null) {
            channels.remove(channel.peer);
            byNumber.remove(channel.number);
        }
    }

    private void sweep(long now) {
        channels.values().removeIf(channel -> {
            boolean expired = channel.expiresAt <= now;
            if (expired) {
                byNumber.remove(channel.number);
            }
            return expired;
        });
        // An expired permission that a channel rests on may be renewed, and the channel must see it.
        permissions.values().removeIf(permission -> permission.expiresAt <= now
                && channels.values().stream().noneMatch(channel -> channel.permission == permission));
    }

    int permissions() {
        return permissions.size();
    }

    int channels() {
        return byNumber.size();
    }
}
