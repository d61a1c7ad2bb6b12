package io.natconnector;

import io.natconnector.ice.CandidateType;
import io.natconnector.ice.IcePath;
import io.natconnector.ice.PairReport;
import io.natconnector.nat.Directness;
import io.natconnector.nat.NatMapping;
import io.natconnector.session.SessionReport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What was tried to connect with a peer, and what came of it. {@link #toString} is a table for people.
 *
 * @param peer who it is about
 * @param elapsed since the attempt began
 * @param connectedAfter until the first path was found; empty when none was
 * @param heardFromPeer whether any words of the peer have come
 * @param local the addresses that we told the peer
 * @param remote the addresses that the peer told us, or was seen at
 * @param pairs each way that was tried
 * @param servers what the servers said
 * @param path the way that data takes; empty while there is none
 * @param nat what our NAT makes of our ports
 * @param peerNat what the peer's makes of its, as the peer says
 * @param directness whether there is a direct path; if not, why, and what would help
 */
public record ConnectReport(String peer, Duration elapsed, Optional<Duration> connectedAfter, boolean heardFromPeer,
        List<Candidate> local, List<Candidate> remote, List<Pair> pairs, List<ServerReport> servers, Optional<Path> path,
        NatMapping nat, NatMapping peerNat, Directness directness) {
    public ConnectReport {
        Objects.requireNonNull(peer, "peer");
        Objects.requireNonNull(elapsed, "elapsed");
        Objects.requireNonNull(connectedAfter, "connectedAfter");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(nat, "nat");
        Objects.requireNonNull(peerNat, "peerNat");
        Objects.requireNonNull(directness, "directness");
        local = List.copyOf(local);
        remote = List.copyOf(remote);
        pairs = List.copyOf(pairs);
        servers = List.copyOf(servers);
    }

    /** An address that a peer may be reached at. */
    public record Candidate(Path.Kind kind, InetSocketAddress address) {
        private static Candidate of(io.natconnector.ice.Candidate candidate) {
            return new Candidate(ConnectReport.kind(candidate.type()), candidate.address());
        }

        @Override
        public String toString() {
            return kind + " " + Path.text(address);
        }
    }

    /**
     * One way that was tried.
     *
     * @param state {@code waiting}, {@code in_progress}, {@code succeeded} or {@code failed}
     * @param outcome what came of it, for people; may be empty
     * @param roundTrip empty if no check was answered
     * @param checksSent how many checks left
     * @param checksAnswered how many of them were answered
     * @param checksReceived how many of the peer's came in
     */
    public record Pair(Candidate local, Candidate remote, String state, String outcome, boolean nominated,
            Optional<Duration> roundTrip, int checksSent, int checksAnswered, int checksReceived) {
        private static Pair of(PairReport pair) {
            return new Pair(Candidate.of(pair.local()), Candidate.of(pair.remote()), pair.state(), pair.outcome(),
                    pair.nominated(), duration(pair.roundTrip()), pair.checksSent(), pair.answersReceived(),
                    pair.checksReceived());
        }
    }

    static ConnectReport of(String peer, SessionReport report, List<ServerReport> servers) {
        return new ConnectReport(peer, Duration.ofNanos(report.elapsed()),
                report.connectedAfter() < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(report.connectedAfter())),
                report.heardFromPeer(),
                report.local().stream().map(Candidate::of).toList(), report.remote().stream().map(Candidate::of).toList(),
                report.pairs().stream().map(Pair::of).toList(), servers, Optional.ofNullable(path(report.path())),
                report.nat(), report.peerNat(), report.directness());
    }

    /** That of an attempt that did not even begin. */
    static ConnectReport empty(String peer) {
        return new ConnectReport(peer, Duration.ZERO, Optional.empty(), false, List.of(), List.of(), List.of(), List.of(),
                Optional.empty(), NatMapping.UNKNOWN, NatMapping.UNKNOWN, Directness.PEER_UNKNOWN);
    }

    static Path path(IcePath path) {
        return path == null ? null : new Path(kind(path.local().type()), path.local().address(), kind(path.remote().type()),
                path.remote().address(), Duration.ofNanos(path.roundTrip()), path.mtu());
    }

    private static Path.Kind kind(CandidateType type) {
        return switch (type) {
            case HOST -> Path.Kind.HOST;
            case PEER_REFLEXIVE, SERVER_REFLEXIVE -> Path.Kind.REFLEXIVE;
            case RELAYED -> Path.Kind.RELAYED;
        };
    }

    private static Optional<Duration> duration(long nanos) {
        return nanos <= 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        lines.add(connectedAfter.map(after -> peer + ": connected after " + Path.text(after))
                .orElse(peer + ": not connected after " + Path.text(elapsed)));
        lines.add(heardFromPeer ? "  the peer's words arrive here"
                : "  no word from the peer: is it there, does signalling reach it?");
        path.ifPresent(way -> lines.add("  path:   " + way));
        lines.add("  direct: " + directness.meaning() + (directness.help().isEmpty() ? "" : "; what helps: " + directness.help()));
        lines.add("  NATs:   ours " + nat.meaning() + "; the peer's " + peerNat.meaning());
        lines.add("  ours:   " + list(local, "no address yet"));
        lines.add("  theirs: " + list(remote, "none known"));
        servers.forEach(server -> lines.add("  " + server));
        Table table = new Table("  local", "remote", "state", "round trip", "sent", "answered", "received", "outcome");
        pairs.forEach(pair -> table.row("  " + pair.local(), pair.remote(), (pair.nominated() ? "*" : "") + pair.state(),
                pair.roundTrip().map(Path::text).orElse("-"), pair.checksSent(), pair.checksAnswered(),
                pair.checksReceived(), pair.outcome()));
        lines.addAll(pairs.isEmpty() ? List.of("  no pair of addresses to try") : table.lines());
        return String.join(System.lineSeparator(), lines);
    }

    private static String list(List<Candidate> candidates, String none) {
        return candidates.isEmpty() ? none : String.join(", ", candidates.stream().map(Candidate::toString).toList());
    }
}
