package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.random.RandomGenerator;

/** The client's payloads: wrapped for the way to the relay, unwrapped when they come from there. */
final class ClientData {
    /** What fits a UDP datagram with the frame of an indication around it. */
    private static final int MAX_DATA = 65_535 - 8 - 40 - 64;

    private final ClientPeers peers;
    private final Queue<RelayEvent> events;
    private final RandomGenerator random;
    private final boolean padded;
    private final boolean dontFragment;
    private final Queue<Datagram> received = new ArrayDeque<>();
    private long sent;
    private long sentOnChannels;
    private long taken;
    private long dropped;

    ClientData(ClientPeers peers, Queue<RelayEvent> events, RandomGenerator random, boolean padded, boolean dontFragment) {
        this.peers = peers;
        this.events = events;
        this.random = random;
        this.padded = padded;
        this.dontFragment = dontFragment;
    }

    /** The payload in its frame, the request for a permission ahead of it where need be; {@code null} when it is dropped. */
    ByteBuf wrap(InetSocketAddress peer, ByteBuf payload, long now) {
        ClientChannel channel = peers.bound(peer, now);
        if (channel == null && peers.demand(peer, now) == null || payload.readableBytes() > MAX_DATA) {
            return drop();
        }
        sent++;
        if (channel == null) {
            return sendIndication(peer, payload);
        }
        sentOnChannels++;
        channel.used(now);
        if (channel.permission.isDue(now)) {
            peers.demand(peer, now);
        }
        return ChannelData.frame(channel.number, payload, padded);
    }

    /** RFC 8656, section 11.1. */
    private ByteBuf sendIndication(InetSocketAddress peer, ByteBuf payload) {
        StunWriter writer = StunWriter.write(StunMethod.SEND, StunClass.INDICATION, TransactionId.random(random))
                .put(StunAttribute.XOR_PEER_ADDRESS, peer);
        if (dontFragment) {
            writer.put(StunAttribute.DONT_FRAGMENT, true);
        }
        return writer.put(StunAttribute.DATA, payload).end();
    }

    ByteBuf drop() {
        dropped++;
        return null;
    }

    /** Takes ChannelData in; false when the channel is none of ours. */
    boolean receive(ByteBuf frame, ClientAllocation allocation, long now) {
        ClientChannel channel = peers.channel(ChannelData.channel(frame));
        if (channel == null) {
            return false;
        }
        channel.used(now);
        deliver(channel.peer, allocation, ChannelData.data(frame));
        return true;
    }

    /**
     * Takes a Data indication in. RFC 8656, section 11.4: data from a peer whom we gave no permission is not from our relay.
     *
     * @return whether it was believed
     */
    boolean receive(StunMessage indication, ClientAllocation allocation, long now) {
        InetSocketAddress peer = indication.get(StunAttribute.XOR_PEER_ADDRESS);
        ByteBuf data = indication.get(StunAttribute.DATA);
        ClientPermission permission = peer == null ? null : peers.permission(peer.getAddress());
        Long icmp = indication.get(StunAttribute.ICMP);
        if (permission == null || data == null && icmp == null || !permission.isOpen(now)) {
            dropped++;
            return false;
        }
        if (icmp != null) {
            // RFC 8656, section 18.13: 16 reserved bits, 7 of type, 9 of code, 32 of data
            int type = (int) (icmp >>> 41) & 0x7F;
            events.add(new RelayEvent.Unreachable(peer, type, (int) (icmp >>> 32) & 0x1FF, icmp & 0xFFFF_FFFFL));
            return true;
        }
        permission.lastUsed = now;
        deliver(peer, allocation, data);
        return true;
    }

    private void deliver(InetSocketAddress peer, ClientAllocation allocation, ByteBuf data) {
        taken++;
        received.add(Datagram.udp(peer, allocation.towards(peer.getAddress()), data.retain()));
    }

    Datagram pollReceived() {
        return received.poll();
    }

    RelayClientStatistics statistics(RelayTransactions transactions) {
        return new RelayClientStatistics(transactions.requests(), transactions.repetitions(), sent, sentOnChannels, taken,
                dropped + transactions.disbelieved());
    }
}
