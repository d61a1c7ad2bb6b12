package io.natconnector.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Host;
import io.natconnector.testkit.NatProfile;
import io.natconnector.testkit.PortAllocation;
import io.natconnector.testkit.VirtualInternet;
import io.natconnector.testkit.VirtualSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pairs of NATs that plain checks do not get through. */
class HardNatTest {
    private static final int SEEDS = 100;

    private static boolean bothDirect(Homes homes) {
        return homes.alice.isDirect() && homes.bob.isDirect();
    }

    @Test
    void portRestrictedMeetsSymmetricSequentialByForesight() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            boolean aliceIsHard = seed % 2 == 0;
            Homes homes = Homes.behind(seed, aliceIsHard ? NatProfile.SYMMETRIC_SEQUENTIAL : NatProfile.PORT_RESTRICTED,
                    aliceIsHard ? NatProfile.PORT_RESTRICTED : NatProfile.SYMMETRIC_SEQUENTIAL).withRelay().connect(Duration.ZERO);
            int failing = seed;

            assertThat(homes.net.runUntil(homes::bothConnected, Duration.ofMillis(300))).isTrue();
            homes.bothCanTalk();
            assertThat(homes.net.runUntil(() -> bothDirect(homes), Duration.ofSeconds(1).minusNanos(homes.net.now())))
                    .as(() -> "seed " + failing + "\n" + homes.net.trace()).isTrue();
            homes.close();
        }
    }

    /** The nearest two ports that servers saw are apart by it. */
    @ParameterizedTest
    @ValueSource(ints = {2, 5, -1})
    void portRestrictedMeetsStridesByForesight(int stride) {
        NatProfile strided = NatProfile.SYMMETRIC_SEQUENTIAL.withPorts(PortAllocation.sequential(stride));
        int direct = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            Homes homes = Homes.behind(seed, seed % 2 == 0 ? strided : NatProfile.PORT_RESTRICTED,
                    seed % 2 == 0 ? NatProfile.PORT_RESTRICTED : strided).withRelay().connect(Duration.ZERO);
            direct += homes.net.runUntil(() -> bothDirect(homes), Duration.ofSeconds(1)) ? 1 : 0;
            homes.close();
        }
        assertThat(direct).isEqualTo(SEEDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void sequentialMeetsSequentialAlthoughOthersTakePortsMeanwhile(int stride) {
        NatProfile strided = NatProfile.SYMMETRIC_SEQUENTIAL.withPorts(PortAllocation.sequential(stride));
        int direct = 0;
        List<Long> times = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Homes homes = Homes.behind(seed, strided, NatProfile.SYMMETRIC_SEQUENTIAL).withRelay();
            Duration signaling = Duration.ofMillis(random.nextInt(5, 101));
            homes.alice.signaling(signaling, text -> text);
            homes.bob.signaling(signaling, text -> text);
            takePorts(homes.net, homes.net.host("neighbour", "10.0.1.3").behind(homes.natA), random.nextInt(100, 1000));
            homes.connect(Duration.ofMillis(random.nextInt(301)));
            if (homes.net.runUntil(() -> bothDirect(homes), Duration.ofSeconds(5))) {
                direct++;
                times.add(homes.net.now() / 1_000_000);
                homes.bothCanTalk();
            }
            homes.close();
        }
        Collections.sort(times);
        System.out.println("sequential on both sides: " + direct + " of " + SEEDS + " direct, median " + times.get(times.size() / 2)
                + " ms, worst " + times.get(times.size() - 1) + " ms");
        assertThat(direct).isEqualTo(SEEDS);
    }

    /** Somebody else in that house talks to one more server each time. */
    private static void takePorts(VirtualInternet net, Host neighbour, int everyMilliseconds) {
        VirtualSocket socket = neighbour.socket(5000);
        for (int i = 0; i < 6000 / everyMilliseconds; i++) {
            InetSocketAddress server = new InetSocketAddress("192.0.2." + (1 + i % 250), 1000 + i);
            net.after(Duration.ofMillis((long) i * everyMilliseconds), () -> socket.send(server, "hello"));
        }
    }

    @Test
    void aPortThatWasForeseenLongAgoIsForeseenAnew() {
        for (int seed = 1; seed <= 20; seed++) {
            Homes homes = Homes.behind(seed, NatProfile.SYMMETRIC_SEQUENTIAL, NatProfile.PORT_RESTRICTED).withRelay();
            homes.alice.start(homes.stunServers, homes.relays);
            homes.bob.start(homes.stunServers, homes.relays);
            takePorts(homes.net, homes.net.host("neighbour", "10.0.1.3").behind(homes.natA), 100);
            homes.net.runFor(Duration.ofSeconds(5));
            homes.alice.connect(homes.bob);
            homes.bob.connect(homes.alice);
            assertThat(homes.net.runUntil(() -> bothDirect(homes), Duration.ofSeconds(2)))
                    .as(() -> homes.net.trace().toString()).isTrue();
            homes.close();
        }
    }

    @Test
    void portRestrictedMeetsSymmetricRandomBySearching() {
        int direct = 0;
        List<Long> times = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            boolean aliceIsHard = seed % 2 == 0;
            Homes homes = Homes.behind(seed, aliceIsHard ? NatProfile.SYMMETRIC_RANDOM : NatProfile.PORT_RESTRICTED,
                    aliceIsHard ? NatProfile.PORT_RESTRICTED : NatProfile.SYMMETRIC_RANDOM).withRelay().connect(Duration.ZERO);

            assertThat(homes.net.runUntil(homes::bothConnected, Duration.ofMillis(300))).isTrue();
            homes.bothCanTalk();
            if (homes.net.runUntil(() -> bothDirect(homes), Duration.ofSeconds(12).minusNanos(homes.net.now()))) {
                direct++;
                times.add(homes.net.now() / 1_000_000);
            }
            VirtualPeer easy = aliceIsHard ? homes.bob : homes.alice;
            homes.net.runFor(Duration.ofSeconds(20));
            assertThat(easy.host.sent()).as("probes and all else").isLessThan(3_000);
            assertThat(homes.alice.host.openSockets() + homes.bob.host.openSockets())
                    .as("those that were met stay").isLessThanOrEqualTo(8);
            homes.bothCanTalk();
            homes.close();
        }
        Collections.sort(times);
        System.out.println("port-restricted and random: " + direct + " of " + SEEDS + " direct, median "
                + times.get(times.size() / 2) + " ms");
        assertThat(direct).isGreaterThanOrEqualTo(95);
    }

    @Test
    void natsThatAnEarlyPacketPoisonsAreMetAtTheSameMoment() {
        int direct = 0;
        List<Long> times = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Duration signaling = Duration.ofMillis(random.nextInt(20, 201));
            Homes homes = Homes.behind(seed, NatProfile.LINUX_RAW, NatProfile.LINUX_RAW).withRelay();
            homes.alice.signaling(signaling, text -> text);
            homes.bob.signaling(signaling, text -> text);
            long skew = random.nextInt(1_001);
            homes.connect(Duration.ofMillis(skew));

            if (homes.net.runUntil(() -> bothDirect(homes), Duration.ofMillis(5_000 + skew))) {
                direct++;
                times.add(homes.net.now() / 1_000_000 - skew);
            }
            homes.close();
        }
        Collections.sort(times);
        System.out.println("poisoning NATs: " + direct + " of " + SEEDS + " direct, median " + times.get(times.size() / 2)
                + " ms, worst " + times.get(times.size() - 1) + " ms");
        assertThat(direct).isEqualTo(SEEDS);
    }
}
