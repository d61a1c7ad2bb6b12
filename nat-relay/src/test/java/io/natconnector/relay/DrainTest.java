package io.natconnector.relay;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server that goes out of service: nobody new, and those who are there find out in time. */
@ExtendWith(NoLeaks.class)
class DrainTest {
    private static final InetSocketAddress OTHER = RelayBench.address("203.0.113.11", 3478);
    private static final InetSocketAddress OTHER6 = RelayBench.address("2600::11", 3478);

    private final RelayBench bench = new RelayBench(config -> config.alternate(OTHER).quotas(1000, 1000, 1000));
    private final RelayBench.Asker alice = bench.asker("198.51.100.20");

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void sendsNewClientsToTheOtherServerOfTheirFamily() {
        drain(bench, ofMinutes(1));

        StunMessage answer = alice.allocate();
        assertThat(RelayBench.code(answer)).isEqualTo(ErrorCode.TRY_ALTERNATE);
        assertThat(answer.get(StunAttribute.ALTERNATE_SERVER)).isEqualTo(OTHER);
        assertThat(answer.hasIntegrity()).as("signed").isTrue();
        assertThat(RelayBench.code(bench.asker("2600::1").allocate())).as("none of that family")
                .isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
    }

    @Test
    void sendsThemThereWhenItIsFull() {
        try (RelayBench full = new RelayBench(config -> config.alternate(OTHER).alternate(OTHER6).quotas(1, 1, 1))) {
            full.asker("198.51.100.20").allocated();
            RelayBench.Asker second = full.asker("2600::1", 5000, "bob", "hidden");
            StunMessage answer = second.allocate();
            assertThat(RelayBench.code(answer)).isEqualTo(ErrorCode.TRY_ALTERNATE);
            assertThat(answer.get(StunAttribute.ALTERNATE_SERVER)).isEqualTo(OTHER6);
        }
    }

    @Test
    void saysThatThereIsNoRoomWhereItKnowsNoOtherServer() {
        try (RelayBench alone = new RelayBench()) {
            drain(alone, ofMinutes(1));
            assertThat(RelayBench.code(alone.asker("198.51.100.20").allocate())).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
        }
    }

    @Test
    void tellsStrangersNothingOfIt() {
        drain(bench, ofMinutes(1));
        assertThat(RelayBench.code(alice.once(StunMethod.ALLOCATE, RelayBench.NOTHING))).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(alice.once(StunMethod.BINDING, RelayBench.NOTHING).size()).isEqualTo(32);
    }

    @Test
    void tellsThoseWhoRefreshHowLongTheyLastAndWhereToGo() {
        alice.allocated();
        drain(bench, ofSeconds(60));
        bench.pass(ofSeconds(20));

        StunMessage answer = alice.refresh(600);
        assertThat(answer.get(StunAttribute.LIFETIME)).isEqualTo(40);
        assertThat(answer.get(StunAttribute.ALTERNATE_SERVER)).isEqualTo(OTHER);
    }

    @Test
    void letsThoseWhoAreThereGoOnToTheEnd() {
        alice.allocated();
        InetSocketAddress peer = RelayBench.address("192.0.2.9", 7);
        alice.permit(peer);
        drain(bench, ofSeconds(60));
        bench.pass(ofSeconds(59));
        assertThat(alice.send("still", peer)).hasSize(1);
        assertThat(bench.server.isDrained()).isFalse();

        bench.pass(ofSeconds(1));
        assertThat(alice.send("late", peer)).isEmpty();
        assertThat(bench.server.isDrained()).isTrue();
        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void isDrainedAsSoonAsTheLastHasGone() {
        alice.allocated();
        assertThat(bench.server.isDrained()).isFalse();
        drain(bench, ofMinutes(10));
        alice.refresh(0);
        assertThat(bench.server.isDrained()).isTrue();
    }

    /** Three hints each within the first half of the time, spread, and none to those who have asked. */
    @Test
    void hintsToEachClientThatHasNotAskedYet() {
        List<RelayBench.Asker> askers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            askers.add(bench.asker("198.51.100.20", 2000 + i, "alice", "secret").allocated());
        }
        askers.get(0).refresh(600);
        drain(bench, ofSeconds(60));
        assertThat(bench.sent).as("one at once").hasSize(1);
        RelayBench.Asker knowing = askers.get(bench.sent.get(0).to().equals(askers.get(7).address) ? 8 : 7);
        knowing.refresh(600);

        Set<InetSocketAddress> hinted = new HashSet<>();
        int most = 0;
        int all = 0;
        for (int tick = 0; tick < 310; tick++) {
            bench.sent.clear();
            bench.pass(ofMillis(100));
            for (Datagram hint : bench.sent) {
                assertThat(StunMessage.parse(hint.payload()).is(StunMethod.BINDING, StunClass.INDICATION)).isTrue();
                assertThat(hint.payload().readableBytes()).isEqualTo(20);
                hinted.add(hint.to());
            }
            most = Math.max(most, bench.sent.size());
            all += bench.sent.size();
        }
        assertThat(hinted).hasSizeBetween(98, 99).doesNotContain(knowing.address);
        assertThat(all).isEqualTo(3 * 99 - 1);
        assertThat(most).as("at a time").isLessThan(10);
    }

    private static void drain(RelayBench bench, Duration within) {
        bench.sent.clear();
        bench.server.drain(within, bench.now);
        bench.pass(Duration.ZERO);
    }

    /** The whole way: our client hears of it, and where it may go, long before it would have refreshed. */
    @Test
    void ourClientHearsOfItWhileNothingPasses() {
        try (RelayStage stage = new RelayStage(1, config -> config.alternate(OTHER))) {
            RelayStage.Client client = stage.allocated();
            stage.net.runFor(ofSeconds(12));
            stage.drain(ofSeconds(60));

            assertThat(stage.net.runUntil(() -> client.events.size() > 1, ofSeconds(30))).isTrue();
            RelayEvent.Ending ending = (RelayEvent.Ending) client.events.get(1);
            assertThat(ending.alternate()).isEqualTo(OTHER);
            assertThat(ending.remainingNanos()).isBetween(ofSeconds(28).toNanos(), ofSeconds(60).toNanos());
            stage.net.runFor(ofSeconds(70));
            assertThat(client.events).hasSize(3).last().isInstanceOf(RelayEvent.Lost.class);
        }
    }

    @Test
    void ourClientHearsOfItWithoutAnAlternateToo() {
        try (RelayStage stage = new RelayStage(1)) {
            RelayStage.Client client = stage.allocated();
            stage.net.runFor(ofSeconds(12));
            stage.drain(ofSeconds(60));

            assertThat(stage.net.runUntil(() -> client.events.size() > 1, ofSeconds(30))).isTrue();
            assertThat(((RelayEvent.Ending) client.events.get(1)).alternate()).isNull();
        }
    }
}
