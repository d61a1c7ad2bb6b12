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
    private static final long FIVE_SECONDS = 5_000_000_000L;

    @Test
    void connectsDirectlyForEachOf1000SeedsAndSoon() {
        List<Long> times = new ArrayList<>();
        int direct = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            int failing = seed;
            Homes homes = Homes.behind(seed, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED).loss(0.1);
            homes.connect(Duration.ZERO);
            boolean connected = homes.net.runUntil(homes::bothConnected, Duration.ofSeconds(15));
            assertThat(connected).as(() -> "seed " + failing + "\n" + homes.net.trace()).isTrue();
            times.add(homes.bothConnectedAt() / 1_000_000);
            direct += homes.net.now() <= FIVE_SECONDS && homes.alice.isDirect() && homes.bob.isDirect() ? 1 : 0;
            homes.close();
        }
        Collections.sort(times);
        System.out.println("10 % loss: " + direct + " of " + SEEDS + " direct within 5 s, median " + times.get(SEEDS / 2)
                + " ms, p90 " + times.get(SEEDS * 9 / 10) + " ms, worst " + times.get(SEEDS - 1) + " ms");
        assertThat(direct).isGreaterThanOrEqualTo(995);
        assertThat(times.get(SEEDS / 2)).isLessThanOrEqualTo(300);
        assertThat(times.get(SEEDS * 9 / 10)).isLessThanOrEqualTo(500);
    }
}
