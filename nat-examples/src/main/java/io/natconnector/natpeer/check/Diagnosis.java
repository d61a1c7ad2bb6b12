package io.natconnector.natpeer.check;

import io.natconnector.ConnectReport;
import io.natconnector.NatReport;
import io.natconnector.NetworkReport;
import io.natconnector.ServerReport;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All that was found out about this network, and about the way to a peer.
 *
 * @param servers what each server said, those too that did not answer
 * @param nats for each address family that reaches a server
 * @param gatewaysAsked whether home gateways were asked for a port
 * @param pair what came of connecting with the peer; empty if that was not asked for
 */
record Diagnosis(NetworkReport network, List<ServerReport> servers, List<NatReport> nats, boolean gatewaysAsked,
        Optional<ConnectReport> pair) {
    /** Whether UDP gets out and back. */
    enum Udp {
        PASSES("passes"),
        BLOCKED("no server answers over UDP: it is blocked here, or all the servers are down"),
        UNTESTED("not tested: no server was asked over UDP");

        private final String meaning;

        Udp(String meaning) {
            this.meaning = meaning;
        }

        String meaning() {
            return meaning;
        }
    }

    Udp udp() {
        List<ServerReport> asked = servers.stream().filter(server -> server.kind() == ServerReport.Kind.STUN).toList();
        List<ServerReport> relays =
                of(ServerReport.Kind.RELAY).stream().filter(relay -> !relay.server().contains(" over ")).toList();
        boolean answered = asked.stream().anyMatch(server -> server.address().isPresent())
                || nats.stream().anyMatch(nat -> nat.mapped().isPresent());
        return answered ? Udp.PASSES : asked.isEmpty() && relays.isEmpty() ? Udp.UNTESTED : Udp.BLOCKED;
    }

    /** Those that answer first, the nearest in front. */
    List<ServerReport> of(ServerReport.Kind kind) {
        return servers.stream().filter(server -> server.kind() == kind)
                .sorted(Comparator.comparing((ServerReport server) -> server.address().isEmpty())
                        .thenComparing(server -> server.roundTrip().orElse(Duration.ofDays(1)))).toList();
    }

    /** Our IPv6 addresses. */
    List<InetSocketAddress> ipv6() {
        return network.local().stream().filter(local -> local.getAddress() instanceof Inet6Address
                && !local.getAddress().isLoopbackAddress()).toList();
    }

    /** Whether a server has answered over IPv6. */
    boolean ipv6Works() {
        return servers.stream().anyMatch(server -> server.kind() != ServerReport.Kind.GATEWAY
                && server.address().isPresent() && server.address().get().getAddress() instanceof Inet6Address);
    }

    /** A home gateway that opens no port is no failure: most don't. */
    boolean isEveryServerThere() {
        return servers.stream().allMatch(server -> server.address().isPresent() || server.kind() == ServerReport.Kind.GATEWAY);
    }

    /** What all of it means for connections with peers, in a sentence or two. */
    String prospect() {
        String relay = of(ServerReport.Kind.RELAY).stream().anyMatch(server -> server.address().isPresent())
                ? "The relay carries what finds no direct path." : "No relay answers: what finds no direct path does not connect.";
        if (udp() != Udp.PASSES) {
            return "No direct path without UDP. " + relay;
        }
        NatReport nat = nats.isEmpty() ? null : nats.get(0);
        NatReport.Mapping mapping = nat == null ? NatReport.Mapping.UNKNOWN : nat.mapping();
        return switch (mapping) {
            case UNKNOWN -> "How hard direct paths are can't be told: a second STUN server would help. ";
            case NONE, ENDPOINT_INDEPENDENT -> nat.filtering() == NatReport.Filtering.ENDPOINT_INDEPENDENT
                    ? "Peers behind any NAT reach this machine directly. "
                    : "Direct paths to nearly all peers; to those behind a symmetric NAT it may take seconds. ";
            default -> "Direct paths to peers behind easier NATs, some after seconds, hardly to others behind a symmetric one. ";
        } + relay;
    }
}
