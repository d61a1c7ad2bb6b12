package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VirtualInternetExtension.class)
class LinkTest {
    private static final int MANY = 10_000;

    private VirtualInternet net;
    private Host alice;
    private VirtualSocket sender;
    private VirtualSocket receiver;
    private final List<Integer> arrived = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();

    @BeforeEach
    void stage(VirtualInternet net) {
        this.net = net;
        alice = net.host("alice", "198.51.100.1");
        sender = alice.socket(5000);
        receiver = net.host("bob", "198.51.100.2").socket(6000).onReceive((from, payload) -> {
            arrived.add(payload.getInt(0));
            times.add(net.now());
        });
    }

    @Test
    void delaysBothWaysOrOne() {
        alice.uplink().delay(ofMillis(20));
        send(1);
        net.runFor(ofSeconds(1));
        alice.uplink().outbound().delay(ofMillis(70));
        send(1);
        net.runFor(ofSeconds(1));

        assertThat(times).containsExactly(ofMillis(20).toNanos(), ofMillis(1071).toNanos());
    }

    @Test
    void losesItsShare() {
        alice.uplink().loss(0.1);
        send(MANY);

        // five standard deviations of a binomial distribution: sqrt(10000 * 0.1 * 0.9) = 30
        assertThat(arrived.size()).isCloseTo(9_000, within(150));
        assertThat(alice.count(Fate.LOST)).isEqualTo(MANY - arrived.size());
    }

    @Test
    void losesInOneDirectionOnlyIfToldSo() {
        alice.uplink().inbound().loss(1);
        send(100);

        assertThat(arrived).hasSize(100);
    }

    @Test
    void theSamePacketsAreLostWhateverElseHappens() {
        alice.uplink().loss(0.5);
        send(100);
        List<Integer> alone = List.copyOf(arrived);

        try (VirtualInternet other = new VirtualInternet(net.seed())) {
            List<Integer> accompanied = new ArrayList<>();
            Host noisy = other.host("noisy", "198.51.100.3");
            Host twin = other.host("alice", "198.51.100.1");
            VirtualSocket noise = noisy.socket(1000);
            VirtualSocket from = twin.socket(5000);
            VirtualSocket to = other.host("bob", "198.51.100.2").socket(6000)
                    .onReceive((source, payload) -> accompanied.add(payload.getInt(0)));
            noisy.uplink().loss(0.5);
            twin.uplink().loss(0.5);
            for (int i = 0; i < 100; i++) {
                noise.send(twin.endpoint(9), "noise");
                from.send(to.address(), Unpooled.buffer().writeInt(i).writeZero(96));
                other.runFor(ofMillis(1));
            }
            assertThat(accompanied).isEqualTo(alone).hasSizeBetween(25, 75);
        }
    }

    @Test
    void jitterSpreadsDelaysButKeepsTheOrder() {
        alice.uplink().delay(ofMillis(50)).jitter(ofMillis(20));
        send(1_000);
        net.runFor(ofSeconds(1));

        assertThat(arrived).isSorted().hasSize(1_000);
        long least = IntStream.range(0, 1_000).mapToLong(i -> times.get(i) - i * 1_000_000L).min().orElseThrow();
        long most = IntStream.range(0, 1_000).mapToLong(i -> times.get(i) - i * 1_000_000L).max().orElseThrow();
        assertThat(least).isBetween(ofMillis(30).toNanos(), ofMillis(50).toNanos());
        assertThat(most).isBetween(ofMillis(60).toNanos(), ofMillis(70).toNanos());
    }

    @Test
    void reorderingLetsLaterPacketsOvertake() {
        alice.uplink().delay(ofMillis(10)).reordering(0.05);
        send(1_000);
        net.runFor(ofSeconds(1));

        assertThat(arrived).hasSize(1_000).doesNotHaveDuplicates();
        long overtaken = IntStream.range(1, 1_000).filter(i -> arrived.get(i) < arrived.get(i - 1)).count();
        assertThat(overtaken).isBetween(20L, 80L);
    }

    @Test
    void duplicationDeliversTwice() {
        alice.uplink().duplication(0.2);
        send(1_000);

        assertThat(arrived.size()).isBetween(1_130, 1_270);
        assertThat(arrived.stream().distinct().count()).isEqualTo(1_000);
        assertThat(net.count(Fate.DELIVERED)).isEqualTo(arrived.size());
    }

    @Test
    void biggerPacketsThanTheMtuAreDroppedAndCounted() {
        alice.uplink().mtu(1280);
        sender.send(receiver.address(), Unpooled.buffer().writeZero(1280 - 28));
        sender.send(receiver.address(), Unpooled.buffer().writeZero(1280 - 28 + 1));
        net.runFor(ofMillis(1));

        assertThat(arrived).hasSize(1);
        assertThat(alice.count(Fate.TOO_BIG)).isEqualTo(1);
    }

    @Test
    void aRateSendsOnePacketAfterTheOther() {
        alice.uplink().rate(1_024_000);                        // 128 bytes with headers: one millisecond
        burst(50);
        net.runFor(ofSeconds(1));

        assertThat(times).isEqualTo(IntStream.rangeClosed(1, 50).mapToObj(i -> ofMillis(i).toNanos()).toList());
    }

    @Test
    void aFullQueueDropsWhatComesLast() {
        alice.uplink().rate(1_024_000).queue(ofMillis(20));
        burst(50);
        net.runFor(ofSeconds(1));

        assertThat(arrived).isEqualTo(IntStream.range(0, 21).boxed().toList());
        assertThat(alice.count(Fate.QUEUE_FULL)).isEqualTo(29);
    }

    @Test
    void aCutLinkLosesSilentlyUntilItIsRestored() {
        alice.uplink().delay(ofMillis(10));
        burst(1);
        alice.uplink().cut();
        burst(1);
        net.runFor(ofMillis(20));
        assertThat(arrived).hasSize(1);
        assertThat(alice.count(Fate.LINK_DOWN)).isEqualTo(1);

        alice.uplink().restore();
        burst(1);
        net.runFor(ofMillis(20));
        assertThat(arrived).hasSize(2);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> alice.uplink().loss(1.5)).withMessageContaining("1.5");
        assertThatIllegalArgumentException().isThrownBy(() -> alice.uplink().loss(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> alice.uplink().delay(ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> alice.uplink().mtu(20));
    }

    /** Numbered packets of 100 bytes, one each millisecond. */
    private void send(int count) {
        for (int i = 0; i < count; i++) {
            sender.send(receiver.address(), Unpooled.buffer().writeInt(i).writeZero(96));
            net.runFor(ofMillis(1));
        }
    }

    private void burst(int count) {
        for (int i = 0; i < count; i++) {
            sender.send(receiver.address(), Unpooled.buffer().writeInt(i).writeZero(96));
        }
    }
}
