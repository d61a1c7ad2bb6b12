package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two sessions that only a relay connects, and that nobody uses for hours. Signalling takes 50 ms. */
class IdleRelayTest {
    /** Why there is no direct path. */
    enum Obstacle {
        FILTER(NatProfile.PORT_RESTRICTED), RANDOM_PORTS(NatProfile.SYMMETRIC_RANDOM);

        private final NatProfile nat;

        Obstacle(NatProfile nat) {
            this.nat = nat;
        }
    }

    private static final int HOURS = 6;
    private Homes homes;

    private void idleOnTheRelay(Obstacle obstacle) {
        homes = Homes.behind(5, obstacle.nat, obstacle.nat).withRelay();
        if (obstacle == Obstacle.FILTER) {
            homes.natA.blockUdpWith("198.51.100.2");
        }
        homes.alice.signaling(ofMillis(50), text -> text);
        homes.bob.signaling(ofMillis(50), text -> text);
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
        homes.net.runFor(ofMinutes(2));
        homes.bothCanTalk();
    }

    @AfterEach
    void close() {
        homes.close();
    }

    private boolean bothDirect() {
        return homes.alice.isDirect() && homes.bob.isDirect();
    }

    @ParameterizedTest
    @EnumSource
    void costsFourPacketsAMinuteAtMost(Obstacle obstacle) {
        idleOnTheRelay(obstacle);
        homes.net.runFor(ofMinutes(1));
        long alices = homes.alice.host.sent();
        long bobs = homes.bob.host.sent();
        homes.net.runFor(ofHours(HOURS));
        alices = homes.alice.host.sent() - alices;
        bobs = homes.bob.host.sent() - bobs;
        System.out.println(HOURS + " h idle, relayed, " + obstacle + ": " + alices + " packets of alice's, " + bobs + " of bob's");

        assertThat(homes.alice.path().isRelayed()).isTrue();
        assertThat(alices).isLessThanOrEqualTo(240 * HOURS);
        assertThat(bobs).isLessThanOrEqualTo(240 * HOURS);
        homes.bothCanTalk();
    }

    @Test
    void whenTrafficBeginsAfterHoursADirectPathIsLookedForAtOnce() {
        idleOnTheRelay(Obstacle.FILTER);
        homes.net.runFor(ofHours(HOURS));
        assertThat(homes.alice.path().isRelayed()).isTrue();
        homes.natA.blockUdpWith();
        homes.net.runFor(ofMinutes(1));
        assertThat(bothDirect()).as("nobody wants it yet").isFalse();

        Stream stream = new Stream(homes.net, homes.alice, homes.bob, 20);
        assertThat(homes.net.runUntil(this::bothDirect, ofSeconds(5)))
                .as(() -> homes.alice.report() + "\n" + homes.bob.report()).isTrue();
        stream.stop();
        homes.net.runFor(ofSeconds(1));
        assertThat(stream.lost()).isZero();
    }

    @Test
    void asSoonAsTheApplicationSaysThatItIsAwake() {
        idleOnTheRelay(Obstacle.FILTER);
        homes.net.runFor(ofHours(HOURS));
        homes.natA.blockUdpWith();
        homes.alice.host.mutate(homes.alice.endpoint, now -> homes.alice.endpoint.awoke(now));
        homes.bob.host.mutate(homes.bob.endpoint, now -> homes.bob.endpoint.awoke(now));
        assertThat(homes.net.runUntil(this::bothDirect, ofSeconds(5))).isTrue();
    }

    @Test
    void aChangeAtOneSideLeadsToADirectPathWithoutTraffic() {
        idleOnTheRelay(Obstacle.FILTER);
        homes.net.runFor(ofHours(HOURS));
        Nat cafe = homes.net.nat("cafe", "198.51.100.3").profile(NatProfile.PORT_RESTRICTED);
        cafe.uplink().delay(Homes.UPLINK);
        InetSocketAddress old = homes.bob.endpoint.sockets().get(0);
        homes.bob.host.rehost(cafe, "10.0.3.2");
        homes.bob.host.mutate(homes.bob.endpoint, now -> {
            homes.bob.endpoint.removeSocket(old, now);
            homes.bob.endpoint.open(new InetSocketAddress(homes.bob.host.address(), 0));
        });
        assertThat(homes.net.runUntil(this::bothDirect, ofSeconds(5)))
                .as(() -> homes.alice.report() + "\n" + homes.bob.report()).isTrue();
        homes.bothCanTalk();
    }
}
