package io.natconnector.survey;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.BindingOptions;
import io.natconnector.stun.BindingServer;
import io.natconnector.stun.NatBehavior;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import io.natconnector.testkit.VirtualInternet;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NatSurveyTest {
    private static final long SEED = Long.getLong("nat.seed", 11);

    private final VirtualInternet net = new VirtualInternet(SEED);
    private final List<InetSocketAddress> servers = new ArrayList<>();
    private Host host;

    @Test
    void aServerWithTwoAddressesTellsMappingAndFiltering() {
        for (NatProfile profile : List.of(NatProfile.CONE, NatProfile.RESTRICTED, NatProfile.PORT_RESTRICTED,
                NatProfile.SYMMETRIC_RANDOM)) {
            NatSurveyTest one = new NatSurveyTest();
            one.behind(profile);
            one.serverWithTwoAddresses();

            NatBehavior behavior = one.survey(List.of()).behavior();

            assertThat(behavior.mapping().name()).as(profile.name()).isEqualTo(profile.mapping().name());
            assertThat(behavior.filtering().name()).as(profile.name()).isEqualTo(profile.filtering().name());
        }
    }

    @Test
    void plainServersTellHowTheySeeUsAndNothingMore() {
        behind(NatProfile.SYMMETRIC_SEQUENTIAL);
        plainServer("203.0.113.10");
        plainServer("203.0.113.11");
        plainServer("203.0.113.12");

        NatSurvey.Findings findings = survey(List.of());

        assertThat(findings.behavior()).isNull();
        assertThat(findings.seen()).hasSize(3);
        List<Integer> ports = findings.seen().stream().map(seen -> seen.mapped().getPort()).toList();
        assertThat(ports.get(1) - ports.get(0)).isEqualTo(1);
        assertThat(ports.get(2) - ports.get(1)).isEqualTo(1);
    }

    @Test
    void hairpinningNeedsNoServerWithTwoAddresses() {
        behind(NatProfile.CONE.withHairpin(true));
        plainServer("203.0.113.10");

        assertThat(survey(List.of()).hairpin()).isTrue();
    }

    @Test
    void theLifetimeOfIdleBindingsIsMeasuredOnRequest() {
        behind(NatProfile.PORT_RESTRICTED.withTimeout(Duration.ofSeconds(45)));
        plainServer("203.0.113.9");
        serverWithTwoAddresses();

        NatSurvey.Findings findings = survey(List.of(Duration.ofSeconds(30).toNanos(), Duration.ofSeconds(60).toNanos()));

        assertThat(findings.lifetime().alive()).isEqualTo(Duration.ofSeconds(30).toNanos());
        assertThat(findings.lifetime().expired()).isEqualTo(Duration.ofSeconds(60).toNanos());
    }

    @Test
    void withoutAServerForItTheLifetimeIsNotWaitedFor() {
        behind(NatProfile.PORT_RESTRICTED);
        plainServer("203.0.113.9");

        assertThat(survey(List.of(Duration.ofMinutes(5).toNanos())).lifetime()).isNull();
        assertThat(net.now()).isLessThan(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void whereNobodyAnswersItEndsAndGivesItsSocketsBack() {
        behind(NatProfile.UDP_BLOCKED);
        plainServer("203.0.113.9");

        NatSurvey.Findings findings = survey(List.of());

        assertThat(findings.seen()).isEmpty();
        assertThat(findings.hairpin()).isFalse();
        assertThat(host.openSockets()).isZero();
    }

    private void behind(NatProfile profile) {
        Nat nat = net.nat("nat", "198.51.100.1").profile(profile);
        host = net.host("host", "10.0.0.2").behind(nat);
        host.access().delay(Duration.ofMillis(25));
    }

    private void plainServer(String address) {
        servers.add(net.host("stun " + address, address).bind(new BindingServer(), 3478));
    }

    private void serverWithTwoAddresses() {
        InetSocketAddress primary = new InetSocketAddress("203.0.113.1", 3478);
        BindingOptions options = BindingOptions.DEFAULT.withAlternate(primary, new InetSocketAddress("203.0.113.2", 3479));
        Host server = net.host("two addresses", "203.0.113.1", "203.0.113.2");
        BindingServer machine = new BindingServer(options);
        options.alternate().sockets().forEach(address -> server.bind(machine, address));
        servers.add(primary);
    }

    private NatSurvey.Findings survey(List<Long> idle) {
        NatSurvey survey = new NatSurvey(servers, host.address(), idle, host.random());
        host.run(survey);
        assertThat(net.runUntil(() -> survey.findings() != null, Duration.ofMinutes(6))).as("seed " + SEED).isTrue();
        net.runFor(Duration.ofMillis(100));
        assertThat(host.openSockets()).isZero();
        return survey.findings();
    }
}
