package io.natconnector.testkit;

import static io.natconnector.testkit.Behavior.ADDRESS_AND_PORT_DEPENDENT;
import static io.natconnector.testkit.Behavior.ADDRESS_DEPENDENT;
import static io.natconnector.testkit.Behavior.ENDPOINT_INDEPENDENT;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.NatProfile.Refresh;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** RFC 4787 as stories: a line for each packet, who sends it, from where to where, and what becomes of it. */
@ExtendWith(VirtualInternetExtension.class)
class NatStoryTest {
    private static final String S1 = "203.0.113.10";
    private static final String S2 = "203.0.113.11";

    private final Map<String, VirtualSocket> sockets = new HashMap<>();
    private VirtualInternet net;
    private Nat nat;
    private Host alice;
    private Host ann;
    private Host stun;

    @BeforeEach
    void stage(VirtualInternet net) {
        this.net = net;
        this.nat = net.nat("nat", "198.51.100.1");
        this.alice = net.host("alice", "10.0.1.2").behind(nat);
        this.ann = net.host("ann", "10.0.1.3").behind(nat);
        this.stun = net.host("stun", S1, S2);
    }

    @Test
    void endpointIndependentMappingShowsOnePortToAll() {
        nat.mapping(ENDPOINT_INDEPENDENT).ports(PortAllocation.sequential(1));

        int first = out(alice, 5000, S1, 1);
        assertThat(out(alice, 5000, S1, 2)).isEqualTo(first);
        assertThat(out(alice, 5000, S2, 1)).isEqualTo(first);
        assertThat(out(alice, 5001, S1, 1)).isEqualTo(first + 1);
    }

    @Test
    void addressDependentMappingShowsOnePortToEachAddress() {
        nat.mapping(ADDRESS_DEPENDENT).ports(PortAllocation.sequential(1));

        int first = out(alice, 5000, S1, 1);
        assertThat(out(alice, 5000, S1, 2)).isEqualTo(first);
        assertThat(out(alice, 5000, S2, 1)).isEqualTo(first + 1);
        assertThat(out(alice, 5000, S2, 2)).isEqualTo(first + 1);
    }

    @Test
    void addressAndPortDependentMappingShowsOnePortToEachEndpoint() {
        nat.mapping(ADDRESS_AND_PORT_DEPENDENT).ports(PortAllocation.sequential(1));

        int first = out(alice, 5000, S1, 1);
        assertThat(out(alice, 5000, S1, 2)).isEqualTo(first + 1);
        assertThat(out(alice, 5000, S2, 1)).isEqualTo(first + 2);
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(first);
    }

    @Test
    void endpointIndependentFilteringLetsEverybodyInOnceThereIsAMapping() {
        nat.filtering(ENDPOINT_INDEPENDENT);

        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.NO_MAPPING);
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5000);
        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.DELIVERED);
        assertThat(in(S1, 2, 5000)).isEqualTo(Fate.DELIVERED);
        assertThat(in(S2, 2, 5000)).isEqualTo(Fate.DELIVERED);
        assertThat(in(S1, 1, 5001)).isEqualTo(Fate.NO_MAPPING);
    }

    @Test
    void addressDependentFilteringLetsInWhoseAddressWasSentTo() {
        nat.filtering(ADDRESS_DEPENDENT);

        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5000);
        assertThat(in(S1, 2, 5000)).isEqualTo(Fate.DELIVERED);
        assertThat(in(S2, 1, 5000)).isEqualTo(Fate.FILTERED);
        assertThat(out(alice, 5000, S2, 2)).isEqualTo(5000);
        assertThat(in(S2, 1, 5000)).isEqualTo(Fate.DELIVERED);
    }

    @Test
    void addressAndPortDependentFilteringLetsInWhoWasSentTo() {
        nat.filtering(ADDRESS_AND_PORT_DEPENDENT);

        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5000);
        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.DELIVERED);
        assertThat(in(S1, 2, 5000)).isEqualTo(Fate.FILTERED);
        assertThat(out(alice, 5000, S1, 2)).isEqualTo(5000);
        assertThat(in(S1, 2, 5000)).isEqualTo(Fate.DELIVERED);
    }

    @Test
    void portPreservationGivesTheNextFreePortToTheSecondWhoWantsOne() {
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5000);
        assertThat(out(ann, 5000, S1, 1)).isEqualTo(5001);
        assertThat(out(alice, 5001, S1, 1)).isEqualTo(5002);
        assertThat(out(ann, 5000, S1, 1)).isEqualTo(5001);
    }

    @Test
    void portsBelow1024AreNotUsedOutside() {
        assertThat(out(alice, 500, S1, 1)).isGreaterThanOrEqualTo(1024);
    }

    @Test
    void aMappingEndsWhenNothingRefreshesIt() {
        nat.timeout(ofSeconds(30));

        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5000);
        net.runFor(ofSeconds(29));
        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.DELIVERED);
        net.runFor(ofSeconds(1));
        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.NO_MAPPING);
        assertThat(nat.mappings()).isEmpty();
    }

    @Test
    void aMappingLivesUntilJustBeforeItsTimeout() {
        nat.timeout(ofSeconds(30));
        VirtualSocket server = server(S1, 1);
        VirtualSocket inside = socket(alice, 5000);
        inside.send(server.address(), "out");
        net.at(ofSeconds(30).minusNanos(1), () -> server.send(new InetSocketAddress("198.51.100.1", 5000), "in time"));
        net.at(ofSeconds(30), () -> server.send(new InetSocketAddress("198.51.100.1", 5000), "too late"));
        net.runFor(ofSeconds(31));

        assertThat(inside.receiveText()).isEqualTo("in time");
        assertThat(nat.count(Fate.NO_MAPPING)).isEqualTo(1);
    }

    @Test
    void whatComesInRefreshesAMappingOnlyWhereBothDirectionsDo() {
        for (Refresh refresh : Refresh.values()) {
            nat.timeout(ofSeconds(30)).refresh(refresh);
            out(alice, 5000, S1, 1);
            net.runFor(ofSeconds(20));
            in(S1, 1, 5000);
            net.runFor(ofSeconds(20));

            assertThat(in(S1, 1, 5000)).isEqualTo(refresh == Refresh.BOTH ? Fate.DELIVERED : Fate.NO_MAPPING);
        }
    }

    @Test
    void whatIsFilteredRefreshesNothing() {
        nat.timeout(ofSeconds(30)).refresh(Refresh.BOTH);
        out(alice, 5000, S1, 1);
        net.runFor(ofSeconds(20));
        assertThat(in(S2, 1, 5000)).isEqualTo(Fate.FILTERED);
        net.runFor(ofSeconds(20));

        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.NO_MAPPING);
    }

    @Test
    void eachRemotesPermissionEndsOnItsOwn() {
        nat.timeout(ofSeconds(30));
        out(alice, 5000, S1, 1);
        net.runFor(ofSeconds(20));
        out(alice, 5000, S2, 1);
        net.runFor(ofSeconds(20));

        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.FILTERED);
        assertThat(in(S2, 1, 5000)).isEqualTo(Fate.DELIVERED);
    }

    @Test
    void aThousandRemotesAreRemembered() {
        VirtualSocket inside = socket(alice, 5000);
        out(alice, 5000, S1, 1);
        for (int port = 10_000; port < 11_000; port++) {
            inside.send(new InetSocketAddress(S2, port), "out");
        }
        net.runFor(ofSeconds(1));

        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.DELIVERED);
        assertThat(in(S2, 10_000, 5000)).isEqualTo(Fate.DELIVERED);
        assertThat(in(S2, 10_999, 5000)).isEqualTo(Fate.DELIVERED);
        assertThat(in(S2, 11_000, 5000)).isEqualTo(Fate.FILTERED);
    }

    @Test
    void anExpiredMappingsPortIsFreeForOthers() {
        nat.timeout(ofSeconds(30));
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5000);
        net.runFor(ofSeconds(31));
        assertThat(out(ann, 5000, S1, 1)).isEqualTo(5000);
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5001);
    }

    @Test
    void aFullTableRefusesNewMappingsUntilOldOnesEnd() {
        nat.maxMappings(2).timeout(ofSeconds(30));
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5000);
        assertThat(out(alice, 5001, S1, 1)).isEqualTo(5001);
        assertThat(out(alice, 5002, S1, 1)).isEqualTo(-1);
        assertThat(nat.count(Fate.NO_PORT)).isEqualTo(1);
        assertThat(out(alice, 5000, S2, 1)).isEqualTo(5000);

        net.runFor(ofSeconds(31));
        assertThat(out(alice, 5002, S1, 1)).isEqualTo(5002);
    }

    @Test
    void aRebootForgetsAllMappings() {
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5000);
        nat.reboot();
        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.NO_MAPPING);
        assertThat(out(ann, 5000, S1, 1)).isEqualTo(5000);
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5001);
    }

    @Test
    void aRebootedSequentialNatBeginsElsewhere() {
        nat.mapping(ADDRESS_AND_PORT_DEPENDENT).ports(PortAllocation.SEQUENTIAL);
        int before = out(alice, 5000, S1, 1);
        nat.reboot();
        assertThat(Math.abs(out(alice, 5000, S1, 1) - before)).isGreaterThan(1);
    }

    @Test
    void aNewPublicAddressIsSeenAtOnceAndTheOldOneLeadsNowhere() {
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(5000);
        nat.readdress("198.51.100.77");
        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.NO_ROUTE);
        socket(alice, 5000).send(server(S1, 1).address(), "hello again");
        net.runFor(ofMillis(1));
        assertThat(server(S1, 1).receive().from()).isEqualTo(new InetSocketAddress("198.51.100.77", 5000));
    }

    @Test
    void nothingPassesWhereUdpIsBlocked() {
        nat.blockUdp(true);
        assertThat(out(alice, 5000, S1, 1)).isEqualTo(-1);
        assertThat(in(S1, 1, 5000)).isEqualTo(Fate.BLOCKED);
        socket(ann, 6000);
        socket(alice, 5000).send(ann.endpoint(6000), "on the LAN all is well");
        net.runFor(ofMillis(1));
        assertThat(socket(ann, 6000).hasReceived()).isTrue();
    }

    /** Sends from inside; the external port that the server sees, or -1 if nothing comes. */
    private int out(Host host, int port, String address, int serverPort) {
        VirtualSocket server = server(address, serverPort);
        socket(host, port).send(server.address(), "out");
        net.runFor(ofMillis(1));
        VirtualSocket.Received seen = server.receive();
        return seen == null ? -1 : seen.from().getPort();
    }

    /** Sends from a server to an external port; its fate. */
    private Fate in(String address, int serverPort, int externalPort) {
        long[] before = counts();
        server(address, serverPort).send(new InetSocketAddress("198.51.100.1", externalPort), "in");
        net.runFor(ofMillis(1));
        long[] after = counts();
        for (Fate fate : Fate.values()) {
            if (after[fate.ordinal()] > before[fate.ordinal()]) {
                return fate;
            }
        }
        throw new AssertionError("no fate");
    }

    private long[] counts() {
        long[] counts = new long[Fate.values().length];
        for (Fate fate : Fate.values()) {
            counts[fate.ordinal()] = net.count(fate);
        }
        return counts;
    }

    private VirtualSocket server(String address, int port) {
        return sockets.computeIfAbsent(address + port, any -> stun.socket(new InetSocketAddress(address, port)));
    }

    private VirtualSocket socket(Host host, int port) {
        return sockets.computeIfAbsent(host.name() + port, any -> host.socket(port));
    }
}
