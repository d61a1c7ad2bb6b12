package io.natconnector.relay;

import java.net.InetAddress;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/** The ports of one relay address: which are ours to give, which are given. */
final class PortPool {
    static final int NONE = -1;

    final InetAddress local;
    /** What clients are told instead of {@code local}: the other side of a one-to-one NAT. */
    final InetAddress advertised;
    private final int first;
    private final int last;
    private final RandomGenerator random;
    private final BitSet taken = new BitSet();

    PortPool(RelayServerConfig.RelayAddress address, int first, int last, RandomGenerator random) {
        this.local = address.local();
        this.advertised = address.advertised();
        this.first = first;
        this.last = last;
        this.random = random;
    }

    /** A free port from a random place, or {@link #NONE}. A predictable port would be half of a 5-tuple given away. */
    int take() {
        return take(1, false);
    }

    int takeEven() {
        return take(2, false);
    }

    /** A free even port whose next is free, too; both are taken then. */
    int takePair() {
        return take(2, true);
    }

    private int take(int step, boolean pair) {
        int low = step == 2 ? first + 1 & ~1 : first;
        int count = (last - (pair ? 1 : 0) - low) / step + 1;
        if (low > last || count <= 0) {
            return NONE;
        }
        int start = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            int port = low + (start + i) % count * step;
            if (!taken.get(port) && !(pair && taken.get(port + 1))) {
                taken.set(port, port + (pair ? 2 : 1));
                return port;
            }
        }
        return NONE;
    }

    /** Marks a port that is known to be free as taken. */
    void release(int port) {
        taken.clear(port);
    }

    int taken() {
        return taken.cardinality();
    }
}
