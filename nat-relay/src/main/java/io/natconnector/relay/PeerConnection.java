package io.natconnector.relay;

import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketRequest;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * A TCP connection between a peer and a TCP allocation (RFC 6062), and the client's connection that carries its bytes. Before that
 * one is there nothing is read from the peer, and it is not waited for long.
 */
final class PeerConnection extends Deadlines.Entry {
    private final RelayHub hub;
    private final Connections all;
    final int id;
    final Allocation allocation;
    /** As the client knows it. */
    final InetSocketAddress peer;
    /** The Connect that it was asked for by; {@code null} where the peer has come by itself, and once it is answered. */
    private Exchange asked;
    private FiveTuple outer;
    private FiveTuple inner;
    private boolean outerIsFull;
    private boolean innerIsFull;
    private boolean limited;
    private boolean outerPaused = true;                       // a raw connection is, from the start
    private boolean innerPaused;

    PeerConnection(RelayHub hub, Connections all, int id, Allocation allocation, InetSocketAddress peer, Exchange asked) {
        this.hub = hub;
        this.all = all;
        this.id = id;
        this.allocation = allocation;
        this.peer = peer;
        this.asked = asked;
    }

    Exchange asked() {
        return asked;
    }

    /** The connection to the peer, or {@code null} while it is being made. */
    FiveTuple outer() {
        return outer;
    }

    /** The client's connection, or {@code null} before it has bound one. */
    FiveTuple inner() {
        return inner;
    }

    void connected(FiveTuple toPeer) {
        outer = toPeer;
        asked = null;
    }

    boolean isWaiting() {
        return outer != null && inner == null;
    }

    /** From now on each byte of one is for the other. */
    void bind(FiveTuple toClient) {
        inner = toClient;
        hub.deadlines.remove(this);
        hub.request(SocketRequest.raw(inner));
        flow();
    }

    void receive(FiveTuple from, ByteBuf bytes, long now) {
        boolean fromPeer = from.equals(outer);
        hub.transmit((fromPeer ? inner : outer).send(bytes.retain()));
        long wait = allocation.carried(!fromPeer, bytes.readableBytes(), now);
        if (wait > 0) {
            limited = true;
            hub.deadlines.set(this, now + wait);
            flow();
        }
    }

    void writable(FiveTuple side, boolean writable) {
        if (side.equals(outer)) {
            outerIsFull = !writable;
        } else {
            innerIsFull = !writable;
        }
        flow();
    }

    /** Reads from each what the other takes, and no faster than the allocation may. */
    private void flow() {
        if (inner == null) {
            return;
        }
        if (outerPaused != (innerIsFull || limited)) {
            outerPaused = !outerPaused;
            hub.request(outerPaused ? SocketRequest.pause(outer) : SocketRequest.resume(outer));
        }
        if (innerPaused != (outerIsFull || limited)) {
            innerPaused = !innerPaused;
            hub.request(innerPaused ? SocketRequest.pause(inner) : SocketRequest.resume(inner));
        }
    }

    /** The client has not bound it in time, or the allocation's rate lets it go on. */
    @Override
    void expire(long now) {
        if (inner == null) {
            all.end(this);
        } else {
            limited = false;
            flow();
        }
    }
}
