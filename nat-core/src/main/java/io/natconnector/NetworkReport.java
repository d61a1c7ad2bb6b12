package io.natconnector;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.CandidateType;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the network here looks like. {@link #toString} is a table for people.
 *
 * @param local our sockets
 * @param reflexive our addresses as others see them, where they differ from our own
 * @param relayed our addresses at relays
 * @param servers what each server said to each socket that could ask it
 * @param mapping how the NAT, if there is one, chooses the address that it lends us
 */
public record NetworkReport(List<InetSocketAddress> local, List<InetSocketAddress> reflexive, List<InetSocketAddress> relayed,
        List<ServerReport> servers, Mapping mapping) {
    /** RFC 4787, section 4.1: whether different servers see one socket under the same address. */
    public enum Mapping {
        /** There are not two STUN servers that have answered the same socket. */
        UNKNOWN("unknown: it takes answers of two STUN servers to tell"),
        /** Servers see the very address of the socket. */
        NONE("there is no NAT"),
        /** The friendly kind: peers can be told an address that is true for all of them. */
        SAME_FOR_ALL("the same for all destinations: direct paths are likely"),
        /** The other kind, often called symmetric: direct paths need a friendlier NAT at the other side; else a relay helps. */
        DEPENDS_ON_DESTINATION("depends on the destination (a symmetric NAT): direct paths are hard, a relay is a good idea");

        private final String meaning;

        Mapping(String meaning) {
            this.meaning = meaning;
        }

        /** For people. */
        public String meaning() {
            return meaning;
        }
    }

    public NetworkReport {
        local = List.copyOf(local);
        reflexive = List.copyOf(reflexive);
        relayed = List.copyOf(relayed);
        servers = List.copyOf(servers);
    }

    static NetworkReport of(List<InetSocketAddress> sockets, List<Candidate> candidates, List<ServerReport> servers) {
        return new NetworkReport(sockets,
                candidates.stream().filter(candidate -> candidate.type() == CandidateType.SERVER_REFLEXIVE
                        && !candidate.address().equals(candidate.base())).map(Candidate::address).distinct().toList(),
                candidates.stream().filter(candidate -> candidate.type() == CandidateType.RELAYED).map(Candidate::address).toList(),
                servers, mapping(servers));
    }

    /** The worst that any socket meets: a peer may be reached from each of them. */
    private static Mapping mapping(List<ServerReport> servers) {
        Map<String, Set<InetSocketAddress>> seen = new HashMap<>();
        Map<String, Integer> answers = new HashMap<>();
        boolean bare = false;
        for (ServerReport server : servers) {
            if (server.kind() == ServerReport.Kind.STUN && server.address().isPresent()) {
                seen.computeIfAbsent(server.local(), local -> new HashSet<>()).add(server.address().get());
                answers.merge(server.local(), 1, Integer::sum);
                bare |= Path.text(server.address().get()).equals(server.local());
            }
        }
        if (seen.values().stream().anyMatch(addresses -> addresses.size() > 1)) {
            return Mapping.DEPENDS_ON_DESTINATION;
        }
        if (bare) {
            return Mapping.NONE;
        }
        return answers.values().stream().anyMatch(count -> count > 1) ? Mapping.SAME_FOR_ALL : Mapping.UNKNOWN;
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        lines.add("local:     " + list(local, "none: is there a network?"));
        lines.add("reflexive: " + list(reflexive, "none"));
        lines.add("relayed:   " + list(relayed, "none"));
        lines.add("mapping:   " + mapping.meaning());
        servers.forEach(server -> lines.add(server.toString()));
        return String.join(System.lineSeparator(), lines);
    }

    private static String list(List<InetSocketAddress> addresses, String none) {
        return addresses.isEmpty() ? none : String.join(", ", addresses.stream().map(Path::text).toList());
    }
}
