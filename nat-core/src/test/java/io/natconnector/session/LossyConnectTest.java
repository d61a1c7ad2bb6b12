package io.natconnector.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.NatProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two ordinary homes with 10 % loss on each link, each way: a datagram from home to home gets through with 81 %. */
class LossyConnectTest {
    private static final int SEEDS = 1000;

    @Test
    void connectsForEachOf1000SeedsAndSoon() {
        List<Long> times = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            int failing = seed;
            Homes homes = Homes.behind(seed, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).loss(0.1);
            homes.connect(Duration.ZERO);
            boolean connected = homes.net.runUntil(homes::bothConnected, Duration.ofSeconds(15));
            assertThat(connected).as(() -> "seed " + failing + "\n" + homes.net.trace()).isTrue();
            times.add(homes.bothConnectedAt() / 1_000_000);
            homes.close();
        }
        Collections.sort(times);
        System.out.println("10 % loss: median " + times.get(SEEDS / 2) + " ms, p90 " + times.get(SEEDS * 9 / 10) + " ms, worst "
                + times.get(SEEDS - 1) + " ms");
        assertThat(times.get(SEEDS / 2)).isLessThanOrEqualTo(300);
        assertThat(times.get(SEEDS * 9 / 10)).isLessThanOrEqualTo(500);
    }
}
