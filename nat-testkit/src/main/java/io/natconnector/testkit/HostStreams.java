package io.natconnector.testkit;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A host's listeners and its connections. */
final class HostStreams {
    private static final int LOWEST_FREE_PORT = 32_768;
    private static final int FREE_PORTS = 28_232;

    private record Listener(Program program, boolean raw) { }

    private final Map<Transport, Map<InetSocketAddress, Listener>> listeners = new HashMap<>();
    private final Map<FiveTuple, VirtualStream.Side> sides = new HashMap<>();
    private final Set<InetSocketAddress> used = new HashSet<>();
    private final RandomGenerator ports;

    HostStreams(RandomGenerator ports) {
        this.ports = ports;
    }

    /** Listens there; {@code null} when somebody does already. */
    InetSocketAddress listen(Program program, SocketRequest request) {
        InetSocketAddress address = port(request.address());
        boolean free = listeners.computeIfAbsent(request.transport(), any -> new HashMap<>())
                .putIfAbsent(address, new Listener(program, request.raw())) == null;
        return free ? address : null;
    }

    Program listener(Transport transport, InetSocketAddress address) {
        Listener listener = listeners.getOrDefault(transport, Map.of()).get(address);
        return listener == null ? null : listener.program();
    }

    boolean isRaw(InetSocketAddress address) {
        return listeners.values().stream().anyMatch(all -> all.containsKey(address) && all.get(address).raw());
    }

    void connect(Program program, SocketRequest request) {
        InetSocketAddress local = port(request.address());
        used.add(local);
        new VirtualStream(program, request, local).begin();
    }

    private InetSocketAddress port(InetSocketAddress wanted) {
        InetSocketAddress address = wanted;
        for (int i = ports.nextInt(FREE_PORTS); wanted.getPort() == 0 && (address == wanted || used.contains(address)); i++) {
            address = new InetSocketAddress(wanted.getAddress(), LOWEST_FREE_PORT + i % FREE_PORTS);
        }
        return address;
    }

    void add(VirtualStream.Side side) {
        sides.put(side.tuple, side);
    }

    void remove(VirtualStream.Side side) {
        sides.remove(side.tuple, side);
    }

    /** Sends what a machine gave away; false when there is no such connection. */
    boolean send(Datagram datagram) {
        VirtualStream.Side side = sides.get(new FiveTuple(datagram.transport(), datagram.from(), datagram.to()));
        if (side == null) {
            return false;
        }
        byte[] message = new byte[datagram.payload().readableBytes()];
        datagram.payload().readBytes(message);
        side.send(message);
        return true;
    }

    /** Pauses, resumes or closes; a connection that is gone already is left alone. */
    void handle(SocketRequest request) {
        VirtualStream.Side side = request.connection() == null ? null : sides.get(request.connection());
        if (request.connection() == null) {
            listeners.getOrDefault(request.transport(), new HashMap<>()).remove(request.address());
        } else if (side != null) {
            switch (request.kind()) {
                case CLOSE -> side.close();
                case PAUSE -> side.pause();
                case RESUME -> side.resume();
                default -> { }                                // messages are bytes here, too
            }
        }
    }

    /** The process is gone: the system closes what it had. */
    void stopped(Program program) {
        listeners.values().forEach(all -> all.values().removeIf(listener -> listener.program() == program));
        List.copyOf(sides.values()).stream().filter(side -> side.belongsTo(program)).forEach(VirtualStream.Side::close);
    }

    /** How many connections are open. */
    int open() {
        return sides.size();
    }
}
