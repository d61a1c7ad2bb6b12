package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.nat.NatMapping;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What each server says that a socket of ours looks like from outside, and what follows from it. */
final class NatObservations {
    /** How far apart ports may be that were given out one after the other, with others' in between. */
    private static final int NEAR = 16;

    /**
     * How many ports ahead are told to the peer where the next one can be guessed: the ones in between go to the peer's other
     * addresses, and to other hosts behind the same NAT.
     */
    private static final int PREDICTED = 10;

    private final Map<InetSocketAddress, Map<InetSocketAddress, Optional<InetSocketAddress>>> seen = new LinkedHashMap<>();

    private NatMapping worst = NatMapping.UNKNOWN;
    private int stride = 1;

    /** A server is being asked; the order matters, as a NAT may give out ports in order. */
    void asked(InetSocketAddress local, InetSocketAddress server) {
        seen.computeIfAbsent(local, socket -> new LinkedHashMap<>()).putIfAbsent(server, Optional.empty());
    }

    /** Answers with the address that no server sees any more, or {@code null}. */
    InetSocketAddress add(InetSocketAddress local, InetSocketAddress server, InetSocketAddress mapped) {
        Optional<InetSocketAddress> before =
                seen.computeIfAbsent(local, socket -> new LinkedHashMap<>()).put(server, Optional.of(mapped));
        judge();
        return before == null || before.isEmpty() || mapped(local).contains(before.get()) ? null : before.get();
    }

    void remove(InetSocketAddress local) {
        seen.remove(local);
        judge();
    }

    private void judge() {
        worst = NatMapping.UNKNOWN;
        stride = 1;
        for (InetSocketAddress local : seen.keySet()) {
            NatMapping mapping = mapping(local);
            worst = mapping.compareTo(worst) > 0 ? mapping : worst;
            stride = stride == 1 && mapping == NatMapping.SEQUENTIAL ? stride(mapped(local)) : stride;
        }
    }

    private List<InetSocketAddress> mapped(InetSocketAddress local) {
        return seen.getOrDefault(local, Map.of()).values().stream().flatMap(Optional::stream).toList();
    }

    NatMapping mapping(InetSocketAddress local) {
        return judge(mapped(local));
    }

    /** The worst of all sockets that something is known of: where one is hard to reach, the peer should try the harder ways. */
    NatMapping mapping() {
        return worst;
    }

    /** How far from one port to the next, where they follow each other; else 1. */
    int stride() {
        return stride;
    }

    /** The external addresses that our next destinations will probably see, where that can be guessed; else none. */
    List<Candidate> predicted(InetSocketAddress local, InetSocketAddress server, int localPreference) {
        List<Candidate> predicted = new ArrayList<>();
        if (mapping(local) == NatMapping.SEQUENTIAL) {
            List<InetSocketAddress> mapped = mapped(local);
            int stride = stride(mapped);
            InetSocketAddress last = mapped.stream().max(Comparator.comparingInt(
                    address -> Integer.signum(stride) * address.getPort())).orElseThrow();
            for (int i = 1; i <= PREDICTED; i++) {
                int port = last.getPort() + i * stride;
                if (port > 0 && port <= 65_535) {
                    InetSocketAddress next = new InetSocketAddress(last.getAddress(), port);
                    predicted.add(Candidate.serverReflexive(next, local, server, Math.max(0, localPreference - 100 - i)));
                }
            }
        }
        return predicted;
    }

    /**
     * How far from one port to the next where they follow each other: the nearest two were given out one after the other.
     *
     * @param seen one answer from each server, in the order in which they were asked
     */
    private static int stride(List<InetSocketAddress> seen) {
        int nearest = 0;
        for (int i = 1; i < seen.size(); i++) {
            int step = seen.get(i).getPort() - seen.get(i - 1).getPort();
            nearest = step != 0 && (nearest == 0 || Math.abs(step) < Math.abs(nearest)) ? step : nearest;
        }
        return nearest == 0 || Math.abs(nearest) > NEAR ? 1 : nearest;
    }

    /** @param seen one answer from each server */
    private static NatMapping judge(Collection<InetSocketAddress> seen) {
        if (seen.size() < 2) {
            return NatMapping.UNKNOWN;
        }
        Set<InetSocketAddress> different = new HashSet<>(seen);
        if (different.size() == 1) {
            return NatMapping.INDEPENDENT;
        }
        int lowest = different.stream().mapToInt(InetSocketAddress::getPort).min().getAsInt();
        int highest = different.stream().mapToInt(InetSocketAddress::getPort).max().getAsInt();
        boolean oneAddress = different.stream().map(InetSocketAddress::getAddress).distinct().count() == 1;
        return oneAddress && highest - lowest <= NEAR * (different.size() - 1) ? NatMapping.SEQUENTIAL : NatMapping.RANDOM;
    }
}
