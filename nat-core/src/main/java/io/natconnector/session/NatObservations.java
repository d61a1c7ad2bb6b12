package io.natconnector.session;

import io.natconnector.ice.Candidate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What each server says that a socket of ours looks like from outside, and what follows from it. */
final class NatObservations {
    /**
     * How many ports ahead are told to the peer where the next one can be guessed: the ones in between go to the peer's other
     * addresses, and to other hosts behind the same NAT.
     */
    private static final int PREDICTED = 10;

    private final Map<InetSocketAddress, Map<InetSocketAddress, InetSocketAddress>> seen = new LinkedHashMap<>();

    void add(InetSocketAddress local, InetSocketAddress server, InetSocketAddress mapped) {
        seen.computeIfAbsent(local, socket -> new LinkedHashMap<>()).put(server, mapped);
    }

    void remove(InetSocketAddress local) {
        seen.remove(local);
    }

    NatMapping mapping(InetSocketAddress local) {
        return NatMapping.of(seen.getOrDefault(local, Map.of()).values());
    }

    /** The worst of all sockets that something is known of: where one is hard to reach, the peer should try the harder ways. */
    NatMapping mapping() {
        NatMapping worst = NatMapping.UNKNOWN;
        for (InetSocketAddress local : seen.keySet()) {
            NatMapping mapping = mapping(local);
            worst = mapping.compareTo(worst) > 0 ? mapping : worst;
        }
        return worst;
    }

    /** The external addresses that our next destinations will probably see, where that can be guessed; else none. */
    List<Candidate> predicted(InetSocketAddress local, InetSocketAddress server, int localPreference) {
        List<Candidate> predicted = new ArrayList<>();
        if (mapping(local) == NatMapping.SEQUENTIAL) {
            int last = seen.get(local).values().stream().mapToInt(InetSocketAddress::getPort).max().getAsInt();
            InetAddress address = seen.get(local).values().iterator().next().getAddress();
            for (int port = last + 1; port <= Math.min(last + PREDICTED, 65_535); port++) {
                InetSocketAddress next = new InetSocketAddress(address, port);
                predicted.add(Candidate.serverReflexive(next, local, server, Math.max(0, localPreference - 100 - (port - last))));
            }
        }
        return predicted;
    }
}
