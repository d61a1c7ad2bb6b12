package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/** A socket that peers send to: that of an allocation, or one that is held for the next (a reservation). */
final class RelaySocket implements Inlet {
    private final RelayHub hub;
    private final PortPool pool;
    private final Transport transport;
    private final boolean dontFragment;
    private final InetSocketAddress local;
    private final InetSocketAddress advertised;
    private Opening opening;
    private Allocation owner;
    private boolean abandoned;

    /** @param transport UDP, or TCP for a listener to peers' connections */
    RelaySocket(RelayHub hub, PortPool pool, Transport transport, boolean dontFragment, int port, Opening opening) {
        this.hub = hub;
        this.pool = pool;
        this.transport = transport;
        this.dontFragment = dontFragment;
        this.local = new InetSocketAddress(pool.local, port);
        this.advertised = new InetSocketAddress(pool.advertised, port);
        this.opening = opening;
    }

    SocketRequest request() {
        if (transport == Transport.TCP) {
            return SocketRequest.listenRaw(local);
        }
        return dontFragment ? SocketRequest.openUnfragmented(local) : SocketRequest.openUdp(local);
    }

    Transport transport() {
        return transport;
    }

    /** Whose it is, or {@code null} when it is held or being opened. */
    Allocation owner() {
        return owner;
    }

    InetSocketAddress local() {
        return local;
    }

    /** The relayed transport address, as the client is told. */
    InetSocketAddress advertised() {
        return advertised;
    }

    PortPool pool() {
        return pool;
    }

    void own(Allocation allocation) {
        owner = allocation;
    }

    void opened(boolean success, long now) {
        Opening waiting = opening;
        opening = null;
        if (waiting != null && !abandoned) {
            waiting.opened(this, success, now);
        }
    }

    void abandon() {
        abandoned = true;
        owner = null;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    @Override
    public void receive(Datagram datagram, long now) {
        receive(datagram.from(), datagram.payload(), now);
    }

    @Override
    public void receive(InetSocketAddress peer, ByteBuf data, long now) {
        if (owner == null || transport != Transport.UDP) {
            hub.counters.drop(RelayDrop.NO_ALLOCATION);
        } else {
            owner.fromPeer(peer, data, now);
        }
    }
}
