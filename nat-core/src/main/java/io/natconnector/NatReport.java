package io.natconnector;

import io.natconnector.stun.Machine;
import io.natconnector.stun.NatBehavior;
import io.natconnector.survey.NatSurvey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the NAT in front of one of our addresses does with UDP, in the words of RFC 4787, as the tests of RFC 5780 found it.
 * {@link #toString} is for people.
 *
 * @param local the socket that the servers were asked from
 * @param mapped how the first server that answered sees it; empty if none did
 * @param mapping what an external port is shared by (RFC 4787, section 4.1)
 * @param filtering who may send in (section 5); only a server with two addresses can tell
 * @param hairpin whether our own packets reach us at our external address (section 6)
 * @param portKept whether the external port is the socket's own (section 4.2.1)
 * @param stride the distance between the ports for one destination and for the next, where it is always the same and there are
 *     different ones
 * @param lifetime how long an idle binding lasts; empty if that was not asked for, or can't be told
 * @param serverHasTwoAddresses whether one of the servers does the tests of RFC 5780
 */
public record NatReport(InetSocketAddress local, Optional<InetSocketAddress> mapped, Mapping mapping, Filtering filtering,
        Optional<Boolean> hairpin, Optional<Boolean> portKept, Optional<Integer> stride, Optional<Lifetime> lifetime,
        boolean serverHasTwoAddresses) {
    /** RFC 4787, section 4.1. */
    public enum Mapping {
        UNKNOWN("not known: it takes a STUN server with two addresses, or two servers, to tell"),
        NONE("none: there is no NAT"),
        ENDPOINT_INDEPENDENT("endpoint-independent: all destinations see the same address, which a peer can be told"),
        ADDRESS_DEPENDENT(
                "address-dependent: each host sees another address of ours; direct paths need a friendlier NAT there"),
        ADDRESS_AND_PORT_DEPENDENT(
                "address- and port-dependent (\"symmetric\"): each destination sees another address; direct paths are hard"),
        /** Several servers see different addresses, and none has two of its own. */
        DESTINATION_DEPENDENT(
                "depends on the destination (\"symmetric\"): each server sees another address; direct paths are hard");

        private final String meaning;

        Mapping(String meaning) {
            this.meaning = meaning;
        }

        /** For people. */
        public String meaning() {
            return meaning;
        }
    }

    /** RFC 4787, section 5. */
    public enum Filtering {
        UNKNOWN("not known: it takes a STUN server with two addresses to tell"),
        ENDPOINT_INDEPENDENT("endpoint-independent: whoever knows the address may send in"),
        ADDRESS_DEPENDENT("address-dependent: hosts that were sent to may send in, from any port"),
        ADDRESS_AND_PORT_DEPENDENT("address- and port-dependent: only those addresses and ports that were sent to may send in");

        private final String meaning;

        Filtering(String meaning) {
            this.meaning = meaning;
        }

        /** For people. */
        public String meaning() {
            return meaning;
        }
    }

    /**
     * How long a binding that nobody uses lasts (RFC 4787, section 4.3).
     *
     * @param atLeast the longest time after which it was still there; zero if it never was
     * @param lessThan the shortest after which it was gone; empty if it never was
     */
    public record Lifetime(Duration atLeast, Optional<Duration> lessThan) {
        @Override
        public String toString() {
            return lessThan.map(limit -> atLeast.isZero() ? "less than " + Path.text(limit)
                    : Path.text(atLeast) + " at least, less than " + Path.text(limit)).orElse(Path.text(atLeast) + " at least");
        }
    }

    static NatReport of(NatSurvey.Findings findings) {
        List<NatSurvey.Seen> seen = findings.seen();
        NatBehavior behavior = findings.behavior();
        Optional<InetSocketAddress> mapped = seen.isEmpty() ? Optional.empty() : Optional.of(seen.get(0).mapped());
        return new NatReport(findings.local(), mapped, mapping(findings),
                behavior == null ? Filtering.UNKNOWN : filtering(behavior.filtering()),
                mapped.map(address -> findings.hairpin()),
                mapped.map(address -> seen.stream().allMatch(one -> one.mapped().getPort() == findings.local().getPort())),
                stride(seen),
                Optional.ofNullable(findings.lifetime()).map(found -> new Lifetime(Duration.ofNanos(found.alive()),
                        found.expired() == Machine.NEVER ? Optional.empty() : Optional.of(Duration.ofNanos(found.expired())))),
                behavior != null);
    }

    private static Mapping mapping(NatSurvey.Findings findings) {
        NatBehavior.Mapping tested = findings.behavior() == null ? NatBehavior.Mapping.UNKNOWN : findings.behavior().mapping();
        return switch (tested) {
            case NONE -> Mapping.NONE;
            case ENDPOINT_INDEPENDENT -> Mapping.ENDPOINT_INDEPENDENT;
            case ADDRESS_DEPENDENT -> Mapping.ADDRESS_DEPENDENT;
            case ADDRESS_AND_PORT_DEPENDENT -> Mapping.ADDRESS_AND_PORT_DEPENDENT;
            case UNKNOWN -> mapping(findings.local(), findings.seen());
        };
    }

    /** What several servers tell, none of which has two addresses. */
    private static Mapping mapping(InetSocketAddress local, List<NatSurvey.Seen> seen) {
        Map<InetAddress, Set<InetSocketAddress>> byHost = new HashMap<>();
        Set<InetSocketAddress> all = new HashSet<>();
        for (NatSurvey.Seen one : seen) {
            byHost.computeIfAbsent(one.server().getAddress(), host -> new HashSet<>()).add(one.mapped());
            all.add(one.mapped());
        }
        if (byHost.values().stream().anyMatch(mapped -> mapped.size() > 1)) {
            return Mapping.ADDRESS_AND_PORT_DEPENDENT;
        }
        if (all.size() > 1) {
            return seen.size() > byHost.size() ? Mapping.ADDRESS_DEPENDENT : Mapping.DESTINATION_DEPENDENT;
        }
        if (all.contains(local)) {
            return Mapping.NONE;
        }
        return byHost.size() > 1 ? Mapping.ENDPOINT_INDEPENDENT : Mapping.UNKNOWN;
    }

    private static Filtering filtering(NatBehavior.Filtering found) {
        return switch (found) {
            case ENDPOINT_INDEPENDENT -> Filtering.ENDPOINT_INDEPENDENT;
            case ADDRESS_DEPENDENT -> Filtering.ADDRESS_DEPENDENT;
            case ADDRESS_AND_PORT_DEPENDENT -> Filtering.ADDRESS_AND_PORT_DEPENDENT;
            case UNKNOWN -> Filtering.UNKNOWN;
        };
    }

    private static Optional<Integer> stride(List<NatSurvey.Seen> seen) {
        Set<Integer> distances = new HashSet<>();
        for (int i = 1; i < seen.size(); i++) {
            distances.add(seen.get(i).mapped().getPort() - seen.get(i - 1).mapped().getPort());
        }
        return distances.size() == 1 && !distances.contains(0) && seen.size() > 2
                ? Optional.of(distances.iterator().next()) : Optional.empty();
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        lines.add("address:   " + Path.text(local) + mapped.map(address -> ", seen as " + Path.text(address))
                .orElse(", and no STUN server answers it"));
        lines.add("mapping:   " + mapping.meaning());
        lines.add("filtering: " + filtering.meaning());
        lines.add("hairpin:   " + hairpin.map(works -> works ? "yes" : "no").orElse("not known"));
        lines.add("ports:     " + ports());
        lifetime.ifPresent(time -> lines.add("idle:      bindings last " + time));
        return String.join(System.lineSeparator(), lines);
    }

    /** How the external port is chosen, for people. */
    public String ports() {
        return portKept.map(kept -> kept ? "kept"
                : "not kept" + stride.map(step -> ", each destination's " + step + " after the last one's").orElse(""))
                .orElse("not known");
    }
}
