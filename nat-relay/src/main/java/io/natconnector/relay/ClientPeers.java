package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.Machine;
import io.natconnector.stun.Retransmission;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMethod;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The client's permissions and channels: what it asked the relay for, and when it must ask again. */
final class ClientPeers {
    /** RFC 8656, section 9: a permission lasts 300 s. */
    static final long PERMISSION_LIFETIME = SECONDS.toNanos(300);
    /** RFC 8656, section 12: a channel lasts 600 s. */
    static final long CHANNEL_LIFETIME = SECONDS.toNanos(600);
    /** Asked again after four fifths of the time, so that a lost request or two do not open a gap. */
    static final long PERMISSION_REFRESH = SECONDS.toNanos(240);
    static final long CHANNEL_REFRESH = SECONDS.toNanos(480);
    /** A relay that said no says no again: not one request per packet. */
    static final long REFUSAL = SECONDS.toNanos(60);
    /** Addresses come from other peers' words, so there is an end to them. */
    static final int LIMIT = 256;

    private final RelayTransactions transactions;
    private final Retransmission schedule;
    private final Map<InetAddress, ClientPermission> permissions = new HashMap<>();
    private final Map<InetSocketAddress, ClientChannel> channels = new HashMap<>();
    private final IntObjectMap<ClientChannel> byNumber = new IntObjectHashMap<>();
    private final Set<InetSocketAddress> remembered = new LinkedHashSet<>();
    private int lastNumber = ChannelData.LAST_CHANNEL;
    private long next = Machine.NEVER;

    ClientPeers(RelayTransactions transactions, Retransmission schedule) {
        this.transactions = transactions;
        this.schedule = schedule;
    }

    /** Keeps a wish until there is an allocation. */
    void remember(InetSocketAddress peer) {
        if (remembered.size() < LIMIT) {
            remembered.add(peer);
        }
    }

    List<InetSocketAddress> takeRemembered() {
        List<InetSocketAddress> all = List.copyOf(remembered);
        remembered.clear();
        return all;
    }

    /** The channel that data to the peer may go on now, or {@code null}. */
    ClientChannel bound(InetSocketAddress peer, long now) {
        ClientChannel channel = channels.get(peer);
        return channel != null && channel.isBound(now) ? channel : null;
    }

    ClientChannel channel(int number) {
        return byNumber.get(number);
    }

    ClientPermission permission(InetAddress peer) {
        return permissions.get(peer);
    }

    /** The peer's permission, asked for if need be; {@code null} when the relay refuses it or there are too many. */
    ClientPermission demand(InetSocketAddress peer, long now) {
        ClientPermission permission = permissions.get(peer.getAddress());
        if (permission == null) {
            if (permissions.size() >= LIMIT) {
                return null;
            }
            permission = new ClientPermission(peer, now);
            permissions.put(peer.getAddress(), permission);
        } else if (permission.refusedUntil > now) {
            return null;
        }
        permission.lastUsed = now;
        if (permission.isDue(now)) {
            ask(permission, now);
        }
        return permission;
    }

    void pin(InetSocketAddress peer, long now) {
        ClientPermission permission = demand(peer, now);
        if (permission != null) {
            permission.pinned = true;
        }
    }

    void unpin(InetSocketAddress peer) {
        remembered.remove(peer);
        ClientPermission permission = permissions.get(peer.getAddress());
        if (permission != null) {
            permission.pinned = false;
        }
    }

    private void ask(ClientPermission permission, long now) {
        if (permission.asking) {
            return;
        }
        permission.asking = true;
        transactions.start(new RelayTransaction(StunMethod.CREATE_PERMISSION,
                writer -> writer.put(StunAttribute.XOR_PEER_ADDRESS, permission.peer), permission, schedule), now);
        recompute();
    }

    void bind(InetSocketAddress peer, long now) {
        ClientChannel channel = channels.get(peer);
        if (channel != null) {
            channel.used(now);
            return;
        }
        ClientPermission permission = permissions.get(peer.getAddress());
        if (permission == null && permissions.size() < LIMIT) {
            permission = new ClientPermission(peer, now);
            permissions.put(peer.getAddress(), permission);
        }
        int number = freeNumber();
        if (permission == null || permission.refusedUntil > now || number == 0) {
            return;
        }
        channel = new ClientChannel(number, peer, permission, now);
        channels.put(peer, channel);
        permission.channels++;
        byNumber.put(number, channel);
        ask(channel, now);
    }

    private void ask(ClientChannel channel, long now) {
        channel.asking = true;
        channel.permission.asking = true;                     // RFC 8656, section 12.2: binding a channel permits its peer, too
        transactions.start(new RelayTransaction(StunMethod.CHANNEL_BIND, writer -> writer
                .put(StunAttribute.CHANNEL_NUMBER, channel.number)
                .put(StunAttribute.XOR_PEER_ADDRESS, channel.peer), channel, schedule), now);
        recompute();
    }

    /**
     * RFC 8656, section 12: an expired number must not stand for another peer within five minutes. Numbers are taken in turn, and
     * with so few channels at a time, each for a minute at least, a turn takes longer.
     */
    private int freeNumber() {
        if (channels.size() >= LIMIT) {
            return 0;
        }
        do {
            lastNumber = lastNumber == ChannelData.LAST_CHANNEL ? ChannelData.FIRST_CHANNEL : lastNumber + 1;
        } while (byNumber.containsKey(lastNumber));
        return lastNumber;
    }

    /** The relay has answered; tells whom it refused, if anybody. */
    RelayEvent.PeerRefused answered(RelayTransaction transaction, ErrorCode error, long now) {
        if (error == null) {
            granted(transaction);
            return null;
        }
        RelayFailure reason = RelayFailure.of(error.code());
        return new RelayEvent.PeerRefused(refused(transaction, error.code(), now), reason, reason.advice(error));
    }

    private void granted(RelayTransaction transaction) {
        ClientPermission permission = permissionOf(transaction);
        permission.asking = false;
        permission.refusedUntil = 0;
        // Counted from the first sending: the relay cannot have begun earlier.
        permission.grantedAt = transaction.start;
        permission.expiresAt = transaction.start + PERMISSION_LIFETIME;
        permission.refreshAt = transaction.start + PERMISSION_REFRESH;
        if (transaction.subject instanceof ClientChannel channel) {
            channel.asking = false;
            channel.grantedAt = transaction.start;
            channel.expiresAt = transaction.start + CHANNEL_LIFETIME;
            channel.refreshAt = transaction.start + CHANNEL_REFRESH;
        }
        recompute();
    }

    /** The relay said no to this peer, or to more peers. */
    private InetAddress refused(RelayTransaction transaction, int code, long now) {
        ClientPermission permission = permissionOf(transaction);
        permission.asking = false;
        if (transaction.subject instanceof ClientChannel channel) {
            channel.asking = false;
            channel.refreshAt = Machine.NEVER;
            channel.refusedUntil = now + REFUSAL;
        }
        if (transaction.subject == permission || code == ErrorCode.FORBIDDEN) {
            permission.refreshAt = Machine.NEVER;
            permission.refusedUntil = now + REFUSAL;
        }
        recompute();
        return permission.peer.getAddress();
    }

    private static ClientPermission permissionOf(RelayTransaction transaction) {
        return transaction.subject instanceof ClientChannel channel ? channel.permission : (ClientPermission) transaction.subject;
    }

    void handleTimeout(long now) {
        if (now < next) {
            return;
        }
        for (Iterator<ClientChannel> each = channels.values().iterator(); each.hasNext();) {
            ClientChannel channel = each.next();
            if (channel.next() <= now && (channel.refreshAt > now || !channel.isWanted())) {
                channel.refreshAt = Machine.NEVER;
                if (channel.next() <= now) {
                    each.remove();
                    byNumber.remove(channel.number);
                    channel.permission.channels--;
                }
            }
        }
        permissions.values().removeIf(permission -> expire(permission, now));
        for (ClientChannel channel : new ArrayList<>(channels.values())) {
            if (channel.next() <= now) {
                ask(channel, now);
            }
        }
        for (ClientPermission permission : new ArrayList<>(permissions.values())) {
            if (permission.next() <= now) {
                ask(permission, now);
            }
        }
        recompute();
    }

    private static boolean expire(ClientPermission permission, long now) {
        if (permission.refreshAt <= now && !permission.isWanted()) {
            permission.refreshAt = Machine.NEVER;
        }
        if (permission.refreshAt != Machine.NEVER || permission.next() > now) {
            return false;
        }
        permission.expiresAt = 0;
        permission.refusedUntil = 0;
        return permission.channels == 0;
    }

    /** Deadlines change only here, never with a packet, so that {@link #nextTimeout} costs nothing per packet. */
    private void recompute() {
        next = Machine.NEVER;
        for (ClientPermission permission : permissions.values()) {
            next = Math.min(next, permission.next());
        }
        for (ClientChannel channel : channels.values()) {
            next = Math.min(next, channel.next());
        }
    }

    long nextTimeout() {
        return next;
    }

    void clear() {
        permissions.clear();
        channels.clear();
        byNumber.clear();
        remembered.clear();
        next = Machine.NEVER;
    }
}
