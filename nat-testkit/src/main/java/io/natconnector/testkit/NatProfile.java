package io.natconnector.testkit;

import static io.natconnector.testkit.Behavior.ADDRESS_AND_PORT_DEPENDENT;
import static io.natconnector.testkit.Behavior.ADDRESS_DEPENDENT;
import static io.natconnector.testkit.Behavior.ENDPOINT_INDEPENDENT;

import java.time.Duration;
import java.util.List;

/**
 * How a NAT behaves, in the terms of RFC 4787. Immutable; each {@code with} method answers a changed copy.
 *
 * @param name as in the process-level laboratory
 * @param mapping which remotes share an external port
 * @param filtering which remotes may send in
 * @param ports how external ports are picked
 * @param hairpin whether hosts inside reach each other at their external addresses, seen from theirs (REQ-9)
 * @param timeout how long a mapping, and each remote's permission, lives unrefreshed (REQ-5: two minutes at least)
 * @param refresh which packets refresh it
 * @param poison whether an unsolicited packet to the NAT's own port makes it take another port towards that remote, as Linux does
 * @param blocksUdp whether nothing passes at all
 * @param maxMappings how many mappings it holds at a time; more are refused
 * @param carrier the NAT above it, or {@code null}
 */
public record NatProfile(String name, Behavior mapping, Behavior filtering, PortAllocation ports, boolean hairpin, Duration timeout,
                         Refresh refresh, boolean poison, boolean blocksUdp, int maxMappings, NatProfile carrier) {
    /** What keeps a mapping alive (RFC 4787, section 4.3). */
    public enum Refresh { OUTBOUND, BOTH }

    /** No NAT: what comes is let through to the host, which has the public address itself. */
    public static final NatProfile OPEN = of("open", ENDPOINT_INDEPENDENT, ENDPOINT_INDEPENDENT, PortAllocation.PRESERVING);
    /** "Full cone". */
    public static final NatProfile CONE = OPEN.withName("cone");
    public static final NatProfile RESTRICTED =
            of("restricted", ENDPOINT_INDEPENDENT, ADDRESS_DEPENDENT, PortAllocation.PRESERVING);
    /** The ordinary home router. */
    public static final NatProfile PORT_RESTRICTED =
            of("portres", ENDPOINT_INDEPENDENT, ADDRESS_AND_PORT_DEPENDENT, PortAllocation.PRESERVING);
    public static final NatProfile PORT_RESTRICTED_RANDOM =
            PORT_RESTRICTED.withName("portres_random").withPorts(PortAllocation.RANDOM);
    public static final NatProfile SYMMETRIC_SEQUENTIAL =
            of("sym_seq", ADDRESS_AND_PORT_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT, PortAllocation.SEQUENTIAL);
    public static final NatProfile SYMMETRIC_RANDOM =
            SYMMETRIC_SEQUENTIAL.withName("sym_rand").withPorts(PortAllocation.RANDOM);
    /** A home router below a carrier's NAT that is itself easy. */
    public static final NatProfile CGNAT = PORT_RESTRICTED.withName("cgnat")
            .behind(CONE.withName("carrier").withPorts(PortAllocation.RANDOM).withHairpin(true));
    /** A home router below a carrier's NAT that is symmetric. */
    public static final NatProfile CGNAT_SYMMETRIC = PORT_RESTRICTED.withName("cgnat_sym")
            .behind(SYMMETRIC_RANDOM.withName("carrier_sym").withHairpin(true));
    public static final NatProfile UDP_BLOCKED = PORT_RESTRICTED.withName("udpblocked").withUdpBlocked(true);
    /** Plain Linux masquerading: a home router that an early packet poisons. Both directions refresh, as in conntrack. */
    public static final NatProfile LINUX_RAW =
            PORT_RESTRICTED.withName("linux_raw").withPoison(true).withRefresh(Refresh.BOTH);

    private static final List<NatProfile> ALL = List.of(OPEN, CONE, RESTRICTED, PORT_RESTRICTED, PORT_RESTRICTED_RANDOM,
            SYMMETRIC_SEQUENTIAL, SYMMETRIC_RANDOM, CGNAT, CGNAT_SYMMETRIC, UDP_BLOCKED, LINUX_RAW);

    /** All profiles, from the easiest on. */
    public static List<NatProfile> all() {
        return ALL;
    }

    /**
     * The profile of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static NatProfile named(String name) {
        return ALL.stream().filter(profile -> profile.name.equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no NAT profile '" + name + "'; there are " + ALL));
    }

    /** A NAT of two minutes' patience, without specialities. */
    public static NatProfile of(String name, Behavior mapping, Behavior filtering, PortAllocation ports) {
        return new NatProfile(name, mapping, filtering, ports, false, Duration.ofMinutes(2), Refresh.OUTBOUND, false, false,
                Integer.MAX_VALUE, null);
    }

    public NatProfile withName(String name) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    public NatProfile withMapping(Behavior mapping) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    public NatProfile withFiltering(Behavior filtering) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    public NatProfile withPorts(PortAllocation ports) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    public NatProfile withHairpin(boolean hairpin) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    public NatProfile withTimeout(Duration timeout) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    public NatProfile withRefresh(Refresh refresh) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    public NatProfile withPoison(boolean poison) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    public NatProfile withUdpBlocked(boolean blocksUdp) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    public NatProfile withMaxMappings(int maxMappings) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    /** The same NAT below another one. */
    public NatProfile behind(NatProfile carrier) {
        return new NatProfile(name, mapping, filtering, ports, hairpin, timeout, refresh, poison, blocksUdp, maxMappings, carrier);
    }

    @Override
    public String toString() {
        return name;
    }
}
