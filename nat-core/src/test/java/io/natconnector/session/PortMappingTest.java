package io.natconnector.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.CandidateType;
import io.natconnector.portmap.MappingProtocol;
import io.natconnector.portmap.VirtualGateway;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.NatProfile;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Home gateways that open a port: what nothing else can connect directly, they can. */
class PortMappingTest {
    /** A symmetric NAT and a port-restricted one: hopeless without, or a long search. */
    private static Homes hard() {
        return Homes.behind(7, NatProfile.SYMMETRIC_RANDOM, NatProfile.PORT_RESTRICTED_RANDOM).withRelay();
    }

    private static VirtualGateway gateway(Homes homes, VirtualPeer peer, String address, MappingProtocol... protocols) {
        Host router = homes.net.host("router of " + peer.host, address).behind(peer == homes.alice ? homes.natA : homes.natB);
        VirtualGateway gateway = new VirtualGateway(peer == homes.alice ? homes.natA : homes.natB, router, protocols);
        peer.endpoint.addGateway(peer.host.address(), gateway.address(), 0);
        return gateway;
    }

    @ParameterizedTest
    @EnumSource(value = MappingProtocol.class, names = {"PCP", "NAT_PMP"})
    void aSymmetricNatThatOpensAPortIsReachedDirectlyAtOnce(MappingProtocol protocol) {
        Homes homes = hard();
        VirtualGateway gateway = gateway(homes, homes.alice, "10.0.1.1", protocol);
        homes.connect(Duration.ZERO);

        assertThat(homes.net.runUntil(() -> homes.bothConnected() && homes.alice.isDirect() && homes.bob.isDirect(),
                Duration.ofMillis(500))).as(() -> homes.net.trace().toString()).isTrue();
        homes.bothCanTalk();
        InetSocketAddress mapped = homes.natA.mapped().keySet().iterator().next();
        assertThat(homes.alice.endpoint.candidates()).anyMatch(candidate ->
                candidate.address().equals(mapped) && candidate.type() == CandidateType.SERVER_REFLEXIVE);
        assertThat(homes.alice.report().servers()).anyMatch(server -> server.kind().equals("gateway")
                && server.server().equals(gateway.address().getHostAddress() + " by " + protocol)
                && server.outcome().equals("198.51.100.1:" + mapped.getPort()));
        homes.close();
        assertThat(homes.natA.mapped()).as("given back").isEmpty();
    }

    @Test
    void aPortRestrictedNatThatOpensAPortIsReachedFromASymmetricOne() {
        Homes homes = hard();
        gateway(homes, homes.bob, "10.0.2.1", MappingProtocol.PCP);
        homes.connect(Duration.ZERO);

        assertThat(homes.net.runUntil(() -> homes.bothConnected() && homes.alice.isDirect() && homes.bob.isDirect(),
                Duration.ofMillis(500))).as(() -> homes.net.trace().toString()).isTrue();
        homes.bothCanTalk();
        homes.close();
    }

    @Test
    void twoSymmetricNatsMeetWhereOneOfThemOpensAPort() {
        Homes homes = Homes.behind(7, NatProfile.SYMMETRIC_RANDOM, NatProfile.SYMMETRIC_RANDOM).withRelay();
        gateway(homes, homes.bob, "10.0.2.1", MappingProtocol.NAT_PMP);
        homes.connect(Duration.ofMillis(200));

        assertThat(homes.net.runUntil(() -> homes.bothConnected() && homes.alice.isDirect() && homes.bob.isDirect(),
                Duration.ofSeconds(1))).as(() -> homes.net.trace().toString()).isTrue();
        homes.bothCanTalk();
        homes.close();
    }

    @Test
    void theOpenPortIsPreferredToWhatStunServersSee() {
        Homes homes = hard();
        gateway(homes, homes.alice, "10.0.1.1", MappingProtocol.PCP);
        homes.connect(Duration.ZERO);
        homes.net.runFor(Duration.ofSeconds(1));

        List<Candidate> reflexive = homes.alice.endpoint.candidates().stream()
                .filter(candidate -> candidate.type() == CandidateType.SERVER_REFLEXIVE).toList();
        InetSocketAddress mapped = homes.natA.mapped().keySet().iterator().next();
        assertThat(reflexive).hasSizeGreaterThan(1);
        assertThat(reflexive.stream().max((a, b) -> Long.compare(a.priority(), b.priority())).orElseThrow().address())
                .isEqualTo(mapped);
        homes.close();
    }

    @Test
    void aGatewayThatSaysNothingDelaysNothing() {
        Homes without = Homes.behind(7, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).connect(Duration.ZERO);
        assertThat(without.net.runUntil(without::bothConnected, Duration.ofSeconds(5))).isTrue();
        Homes with = Homes.behind(7, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED);
        gateway(with, with.alice, "10.0.1.1").deaf(1_000_000);
        with.connect(Duration.ZERO);
        assertThat(with.net.runUntil(with::bothConnected, Duration.ofSeconds(5))).isTrue();

        assertThat(with.bothConnectedAt()).isEqualTo(without.bothConnectedAt());
        assertThat(with.alice.endpoint.isGatheringComplete()).isEqualTo(without.alice.endpoint.isGatheringComplete());
        with.close();
        without.close();
    }

    @Test
    void homesBehindOneCarrierMeetInsideItEvenWhereItDoesNotHairpin() {
        Homes homes = Homes.behindOneCarrier(7, false).withRelay();
        gateway(homes, homes.alice, "10.0.1.1", MappingProtocol.PCP);
        homes.connect(Duration.ZERO);

        assertThat(homes.net.runUntil(() -> homes.bothConnected() && homes.alice.isDirect() && homes.bob.isDirect(),
                Duration.ofSeconds(5))).as(() -> homes.net.trace().toString()).isTrue();
        homes.bothCanTalk();
        homes.close();
    }

    @Test
    void aRouterThatRebootsInTheMiddleOfASessionOpensTheSamePortAgain() {
        Homes homes = hard();
        VirtualGateway gateway = gateway(homes, homes.alice, "10.0.1.1", MappingProtocol.PCP);
        homes.connect(Duration.ZERO);
        homes.net.runFor(Duration.ofSeconds(5));
        InetSocketAddress mapped = homes.natA.mapped().keySet().iterator().next();
        gateway.reboot(homes.net.now());
        homes.net.runFor(Duration.ofSeconds(90));

        assertThat(homes.natA.mapped()).containsOnlyKeys(mapped);
        assertThat(homes.alice.isDirect()).isTrue();
        homes.bothCanTalk();
        homes.close();
    }
}
