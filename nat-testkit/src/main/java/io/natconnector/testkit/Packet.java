package io.natconnector.testkit;

import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** A packet under way: UDP, or a part of a connection. It owns its payload until its end. */
final class Packet extends Event {
    private static final int IPV4_AND_UDP = 28;
    private static final int IPV6_AND_UDP = 48;

    private final VirtualInternet net;
    private final ByteBuf payload;
    private final Journey journey;                            // null when nobody keeps a trace
    private InetSocketAddress from;
    private InetSocketAddress to;
    private Leg leg;                                          // the leg that it is on, and which way
    private boolean up;
    private int moves;
    private VirtualStream.Segment segment;                    // null: UDP

    Packet(VirtualInternet net, InetSocketAddress from, InetSocketAddress to, ByteBuf payload, Journey journey) {
        this.net = net;
        this.from = from;
        this.to = to;
        this.payload = payload;
        this.journey = journey;
    }

    /** Makes it a packet of a connection. */
    void carries(VirtualStream.Segment part) {
        segment = part;
    }

    VirtualStream.Segment segment() {
        return segment;
    }

    InetSocketAddress from() {
        return from;
    }

    InetSocketAddress to() {
        return to;
    }

    ByteBuf payload() {
        return payload;
    }

    /** Bytes on the wire, IP and UDP headers included. */
    int wireSize() {
        return payload.readableBytes() + (to.getAddress() instanceof Inet6Address ? IPV6_AND_UDP : IPV4_AND_UDP);
    }

    void rewriteFrom(InetSocketAddress from) {
        this.from = from;
    }

    void rewriteTo(InetSocketAddress to) {
        this.to = to;
    }

    /** Notes where it has come by, with the addresses that it leaves with. */
    void passed(Node node) {
        if (journey != null) {
            journey.passed(node, from, to);
        }
    }

    /** A second one, as from a link that duplicates. */
    Packet duplicate() {
        Journey twin = journey == null ? null : net.trace().record(journey.twin());
        Packet second = new Packet(net, from, to, payload.copy(), twin);
        second.segment = segment;
        return second;
    }

    /** Lets it reach the upper or the lower end of the leg at that moment. */
    void travel(Leg leg, boolean up, long arrival) {
        this.leg = leg;
        this.up = up;
        this.moves = leg.moves();
        net.timeline().planOrHappen(this, arrival);
    }

    @Override
    void happen() {
        if (moves != leg.moves()) {
            end(Fate.STALE, leg.node());
        } else if (up) {
            leg.above().ascend(this);
        } else {
            leg.arrive(this);
        }
    }

    /** Ends it: counts, traces, releases. */
    void end(Fate fate, Node where) {
        end(fate, where, true);
    }

    /** Ends it, but leaves the payload to the caller. */
    void end(Fate fate, Node where, boolean release) {
        where.counted(fate);
        net.ended(this, fate);
        if (journey != null) {
            journey.end(fate, where, net.now());
        }
        if (release) {
            payload.release();
        }
        if (segment != null && fate != Fate.DELIVERED) {
            segment.lost(fate);
        }
    }

    @Override
    void forget() {
        payload.release();
    }
}
