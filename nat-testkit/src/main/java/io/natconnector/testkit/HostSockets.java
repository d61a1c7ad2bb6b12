package io.natconnector.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A host's UDP sockets, and whose they are. */
final class HostSockets {
    /** As Linux picks them. */
    private static final int LOWEST_FREE_PORT = 32_768;
    private static final int HIGHEST_FREE_PORT = 60_999;

    private final Map<InetSocketAddress, Program> sockets = new HashMap<>();
    private final RandomGenerator ports;

    HostSockets(RandomGenerator ports) {
        this.ports = ports;
    }

    int size() {
        return sockets.size();
    }

    Program get(InetSocketAddress address) {
        return sockets.get(address);
    }

    /** Opens one; {@code null} when the port is taken, or when none is free. */
    InetSocketAddress open(Program program, InetSocketAddress wanted) {
        InetSocketAddress bound = wanted.getPort() == 0 ? freePort(wanted.getAddress()) : isTaken(wanted) ? null : wanted;
        if (bound != null) {
            sockets.put(bound, program);
        }
        return bound;
    }

    private InetSocketAddress freePort(InetAddress address) {
        int count = HIGHEST_FREE_PORT - LOWEST_FREE_PORT + 1;
        int first = ports.nextInt(count);
        for (int i = 0; i < count; i++) {
            InetSocketAddress free = new InetSocketAddress(address, LOWEST_FREE_PORT + (first + i) % count);
            if (!isTaken(free)) {
                return free;
            }
        }
        return null;
    }

    /** A socket at the wildcard address takes the port of all addresses. */
    private boolean isTaken(InetSocketAddress address) {
        if (!address.getAddress().isAnyLocalAddress()) {
            return sockets.containsKey(address) || sockets.containsKey(Addresses.wildcard(address));
        }
        return sockets.keySet().stream().anyMatch(other -> other.getPort() == address.getPort()
                && Addresses.sameFamily(other.getAddress(), address.getAddress()));
    }

    void remove(InetSocketAddress address, Program program) {
        sockets.remove(address, program);
    }

    void stopped(Program program) {
        sockets.values().removeIf(owner -> owner == program);
    }
}
