package io.natconnector;

import io.natconnector.session.Outlet;
import io.natconnector.stun.Datagram;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The open UDP sockets of a driver, which of them have something to flush, and which are full. On its event loop alone. */
final class UdpSockets implements Outlet {
    private final Map<InetSocketAddress, UdpSocket> byAddress = new HashMap<>();
    private final List<UdpSocket> unflushed = new ArrayList<>();
    private final Set<UdpSocket> full = new HashSet<>();
    private final DriverCounters counters;
    private InetSocketAddress lastFrom;                       // the very same object again and again
    private UdpSocket last;

    UdpSockets(DriverCounters counters) {
        this.counters = counters;
    }

    void add(UdpSocket socket) {
        byAddress.put(socket.bound(), socket);
        lastFrom = null;
    }

    void close(InetSocketAddress address) {
        UdpSocket socket = byAddress.remove(address);
        lastFrom = null;
        if (socket != null) {
            socket.close();
        }
    }

    void closeAll() {
        List<UdpSocket> all = List.copyOf(byAddress.values());
        byAddress.clear();
        lastFrom = null;
        all.forEach(UdpSocket::close);
    }

    /** Takes the datagram over. */
    void write(Datagram datagram) {
        UdpSocket socket = byAddress.get(datagram.from());
        if (socket == null) {
            datagram.payload().release();
            counters.homeless.up();
        } else if (socket.write(datagram) && socket.markUnflushed()) {
            unflushed.add(socket);
        }
    }

    @Override
    public ByteBuf open(InetSocketAddress from, InetSocketAddress to, int length) {
        if (from != lastFrom) {
            last = byAddress.get(from);
            lastFrom = from;
        }
        UdpSocket socket = last;
        ByteBuf place = socket == null ? null : socket.open(to, length);
        if (place != null && socket.markUnflushed()) {
            unflushed.add(socket);
        }
        return place;
    }

    void flush() {
        for (int i = 0; i < unflushed.size(); i++) {
            unflushed.get(i).flush();
        }
        unflushed.clear();
    }

    /** Whether all of them take datagrams at present. */
    boolean isWritable() {
        return full.isEmpty();
    }

    /** Notes that one is full, or is not any more, or is gone. */
    void full(UdpSocket socket, boolean isFull) {
        if (isFull) {
            full.add(socket);
        } else {
            full.remove(socket);
        }
    }
}
