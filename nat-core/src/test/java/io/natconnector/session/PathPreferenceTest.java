package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import java.net.Inet6Address;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which of several paths is used. Alice has two uplinks to the internet, Bob one. */
class PathPreferenceTest {
    private final Homes homes = Homes.behind(4, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).withRelay();
    private final Nat second = homes.net.nat("second", "198.51.100.3").profile(NatProfile.PORT_RESTRICTED);

    {
        homes.alice.host.attach(second, "10.0.3.2");
    }

    @AfterEach
    void close() {
        homes.close();
    }

    private Stream connect() {
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
        return new Stream(homes.net, homes.alice, homes.bob, 100);
    }

    private boolean bothUseTheSecondUplink() {
        return homes.alice.path().from().getAddress().getHostAddress().equals("10.0.3.2")
                && homes.bob.path().to().getAddress().getHostAddress().equals("198.51.100.3");
    }

    private boolean bothUseTheFirstUplink() {
        return homes.alice.path().from().getAddress().getHostAddress().equals("10.0.1.2")
                && homes.bob.path().to().getAddress().getHostAddress().equals("198.51.100.1");
    }

    @Test
    void theQuickerUplinkIsUsedAndKept() {
        second.uplink().delay(ofMillis(10));
        connect();
        homes.net.runFor(ofSeconds(10));
        assertThat(bothUseTheSecondUplink()).as(() -> homes.alice.report().toString()).isTrue();
        assertThat(homes.alice.paths.stream().filter(path -> !path.isRelayed()).count()).as("it is there first").isEqualTo(1);
    }

    @Test
    void aPathThatHasBecomeMuchSlowerIsLeftUnderTrafficAndNothingIsLostOrDoubled() {
        second.uplink().delay(ofMillis(10));
        Stream stream = connect();
        homes.net.runFor(ofSeconds(5));
        second.uplink().delay(ofMillis(90));
        assertThat(homes.net.runUntil(this::bothUseTheFirstUplink, ofSeconds(15)))
                .as(() -> homes.alice.report().toString()).isTrue();
        homes.net.runFor(ofSeconds(1));
        stream.stop();
        homes.net.runFor(ofSeconds(1));
        assertThat(stream.lost()).isZero();
        assertThat(stream.repeated()).isZero();
    }

    @Test
    void pathsThatAreMuchAlikeDoNotTakeTurns() {
        second.uplink().delay(ofMillis(25)).jitter(ofMillis(12));
        homes.natA.uplink().jitter(ofMillis(12));
        connect();
        homes.net.runFor(ofSeconds(10));
        int before = homes.alice.paths.size();
        homes.net.runFor(ofSeconds(120));
        assertThat(homes.alice.paths.size() - before).as(() -> homes.alice.paths.toString()).isLessThanOrEqualTo(2);
    }

    @Test
    void ipv6IsUsedWhereBothPathsAreAlike() {
        Homes both = Homes.dualStack(4, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).withRelay();
        both.alice.host.access().delay(ofMillis(10));
        both.bob.host.access().delay(ofMillis(10));
        both.connect(ZERO);
        both.net.runFor(ofSeconds(8));
        assertThat(both.alice.path().to().getAddress()).isInstanceOf(Inet6Address.class);
        assertThat(both.bob.path().to().getAddress()).isInstanceOf(Inet6Address.class);
        both.bothCanTalk();
        both.close();
    }

    @Test
    void ipv6PassesFirewallsOnBothSidesWhereIpv4HasNoDirectWay() {
        Homes both = Homes.dualStack(4, NatProfile.SYMMETRIC_RANDOM, NatProfile.SYMMETRIC_RANDOM).withRelay();
        both.connect(ZERO);
        assertThat(both.net.runUntil(() -> both.alice.isDirect() && both.bob.isDirect(), ofMillis(300)))
                .as(() -> both.net.trace().toString()).isTrue();
        assertThat(both.alice.path().to().getAddress()).isInstanceOf(Inet6Address.class);
        both.bothCanTalk();
        both.close();
    }
}
