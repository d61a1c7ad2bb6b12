package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.address;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.Machine;
import io.natconnector.stun.StaticCredentials;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The small parts that keep a server within its bounds: deadlines, quotas, limits, ports. */
class BoundsTest {
    private static final class Mark extends Deadlines.Entry {
        private final List<Mark> expired;

        Mark(List<Mark> expired) {
            this.expired = expired;
        }

        @Override
        void expire(long now) {
            expired.add(this);
        }
    }

    @Test
    void expiresInTheOrderOfTheDeadlinesWhateverIsMovedAndTakenOut() {
        SplittableRandom random = new SplittableRandom(3);
        List<Mark> expired = new ArrayList<>();
        Deadlines deadlines = new Deadlines();
        List<Mark> marks = new ArrayList<>();
        Map<Mark, Long> expected = new IdentityHashMap<>();
        for (int i = 0; i < 2000; i++) {
            Mark mark = random.nextInt(3) == 0 && !marks.isEmpty() ? marks.get(random.nextInt(marks.size())) : new Mark(expired);
            marks.add(mark);
            if (random.nextInt(4) == 0) {
                deadlines.remove(mark);
                expected.remove(mark);
            } else {
                long at = random.nextLong(1000);
                deadlines.set(mark, at);
                expected.put(mark, at);
            }
            assertThat(deadlines.next())
                    .isEqualTo(expected.values().stream().mapToLong(Long::longValue).min().orElse(Machine.NEVER));
        }
        assertThat(deadlines.size()).isEqualTo(expected.size());

        deadlines.expire(500);

        assertThat(expired).isSortedAccordingTo((a, b) -> Long.compare(expected.get(a), expected.get(b)));
        assertThat(new HashSet<>(expired)).hasSize((int) expected.values().stream().filter(at -> at <= 500).count());
        deadlines.expire(1000);
        assertThat(expired).hasSize(expected.size());
        assertThat(deadlines.next()).isEqualTo(Machine.NEVER);
    }

    @Test
    void countsQuotasDownToNothing() {
        Quotas quotas = new Quotas(2, 3, 4);
        InetAddress home = address("198.51.100.1", 1).getAddress();
        InetAddress other = address("198.51.100.2", 1).getAddress();

        assertThat(quotas.acquire("alice", home)).isZero();
        assertThat(quotas.acquire("alice", home)).isZero();
        assertThat(quotas.acquire("alice", other)).isEqualTo(ErrorCode.ALLOCATION_QUOTA_REACHED);
        assertThat(quotas.acquire("bob", home)).isZero();
        assertThat(quotas.acquire("carol", home)).isEqualTo(ErrorCode.ALLOCATION_QUOTA_REACHED);
        assertThat(quotas.acquire("carol", other)).isZero();
        assertThat(quotas.acquire("dave", other)).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
        quotas.release("alice", home);
        quotas.release("alice", home);
        quotas.release("bob", home);
        quotas.release("carol", other);
        assertThat(quotas.size()).isZero();
        assertThat(quotas.all()).isZero();
    }

    @Test
    void paysForAnswersOverTime() {
        AnswerLimit limit = new AnswerLimit(10, new SplittableRandom(1));
        InetAddress source = address("198.51.100.1", 1).getAddress();
        int admitted = 0;
        for (long now = 0; now < SECONDS.toNanos(10); now += MILLISECONDS.toNanos(1)) {
            admitted += limit.admits(source, now) ? 1 : 0;
        }
        assertThat(admitted).isBetween(105, 110);
    }

    @Test
    void doesNotLimitLoopbackNorWithoutALimit() {
        AnswerLimit limit = new AnswerLimit(1, new SplittableRandom(1));
        AnswerLimit none = new AnswerLimit(0, new SplittableRandom(1));
        for (int i = 0; i < 100; i++) {
            assertThat(limit.admits(address("127.0.0.1", 1).getAddress(), 0)).isTrue();
            assertThat(limit.admits(address("::1", 1).getAddress(), 0)).isTrue();
            assertThat(none.admits(address("198.51.100.1", 1).getAddress(), 0)).isTrue();
        }
    }

    @Test
    void spreadsSourcesOverTheTable() {
        AnswerLimit limit = new AnswerLimit(1, new SplittableRandom(1));
        int admitted = 0;
        for (int i = 0; i < 1000; i++) {
            admitted += limit.admits(address("198.51." + (i >> 8) + "." + (i & 255), 1).getAddress(), 0) ? 1 : 0;
        }
        assertThat(admitted).as("rows that 1000 sources fall on, of 4096").isGreaterThan(800);
    }

    @Test
    void keepsNetworksApart() {
        assertThat(key("198.51.100.1")).isNotEqualTo(key("198.51.100.2"));
        assertThat(key("2600:1:2:3::1")).isEqualTo(key("2600:1:2:3:ffff::1")).isNotEqualTo(key("2600:1:2:4::1"));
        assertThat(key("0:0:0:ffff::1")).isNotEqualTo(key("2600:1:2:4::1"));
    }

    private static long key(String ip) {
        return NetworkKey.of(address(ip, 1).getAddress());
    }

    @Test
    void givesEachPortOnceAndAllOfThem() {
        PortPool pool = new PortPool(new RelayServerConfig.RelayAddress(ip(), ip()), 50_001, 50_010, new SplittableRandom(1));
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            ports.add(pool.take());
        }
        assertThat(ports).hasSize(10).allMatch(port -> port >= 50_001 && port <= 50_010);
        assertThat(pool.take()).isEqualTo(PortPool.NONE);
        pool.release(50_004);
        assertThat(pool.take()).isEqualTo(50_004);
    }

    @Test
    void givesPairsThatBeginWithAnEvenPort() {
        PortPool pool = new PortPool(new RelayServerConfig.RelayAddress(ip(), ip()), 50_001, 50_010, new SplittableRandom(1));
        Map<Integer, Integer> taken = new TreeMap<>();
        for (int port; (port = pool.takePair()) != PortPool.NONE;) {
            taken.put(port, port + 1);
        }
        assertThat(taken.keySet()).containsExactly(50_002, 50_004, 50_006, 50_008);
        assertThat(pool.takeEven()).isEqualTo(50_010);
        assertThat(pool.takeEven()).isEqualTo(PortPool.NONE);
        assertThat(pool.take()).isEqualTo(50_001);
    }

    private static InetAddress ip() {
        return address("203.0.113.10", 1).getAddress();
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        RelayServerConfig.Builder config = RelayServerConfig.builder("example.org", new StaticCredentials(Map.of("a", "b")));

        assertThatThrownBy(config::build).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.ports(80, 90)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.quotas(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.relay(address("0.0.0.0", 1).getAddress())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RelayServerConfig.builder("", new StaticCredentials(Map.of("a", "b"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RelayServerConfig.builder("r", null)).isInstanceOf(NullPointerException.class);
    }
}
