package io.natconnector.metrics;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.natconnector.Connector;
import io.natconnector.ConnectorBuilder;
import io.natconnector.NatServer;
import io.natconnector.Peer;
import io.natconnector.PeerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What has happened is in the meters. */
@Timeout(60)
class MetricsTest {
    private final MockClock clock = new MockClock();
    private final MeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private NatServer server;
    private String address;

    @BeforeEach
    void serve() throws Exception {
        server = NatServer.builder().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).user("alice", "secret")
                .allowPeer("127.0.0.0/8").quotas(1, 10, 10).start();
        address = "127.0.0.1:" + server.localAddress().getPort();
        new NatServerMetrics(server).bindTo(registry);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private ConnectorBuilder builder() {
        return Connector.builder().bind(InetAddress.getLoopbackAddress()).plaintext();
    }

    /** Of the present moment, not of the last look. */
    private double value(String name, String... tags) {
        clock.add(Duration.ofSeconds(1));
        return registry.get(name).tags(tags).meters().stream()
                .mapToDouble(meter -> meter.measure().iterator().next().getValue()).sum();
    }

    /** Connects two that carry each other's words by hand. */
    private static PeerChannel connect(Connector alice, Connector bob) throws Exception {
        AtomicReference<Peer> toBob = new AtomicReference<>();
        AtomicReference<Peer> toAlice = new AtomicReference<>();
        toBob.set(alice.peer(text -> toAlice.get().receive(text)));
        toAlice.set(bob.peer(text -> toBob.get().receive(text)));
        CompletableFuture<PeerChannel> other = toAlice.get().connect();
        PeerChannel channel = toBob.get().connect().get(20, SECONDS);
        other.get(20, SECONDS);
        return channel;
    }

    @Test
    void whatAServerHasDoneIsThere() throws Exception {
        assertThat(value("natconnector.relay.allocations.active")).isZero();
        try (Connector alice = builder().stunServer(address).relay(address, "alice", "secret").build();
                Connector again = builder().relay(address, "alice", "secret").relay(address, "alice", "wrong").build()) {
            alice.check(Duration.ofSeconds(10)).get(20, SECONDS);
            again.check(Duration.ofSeconds(10)).get(20, SECONDS);

            assertThat(value("natconnector.relay.allocations.active")).isEqualTo(1);
            assertThat(value("natconnector.relay.allocations")).isEqualTo(1);
            assertThat(value("natconnector.relay.refusals", "code", "486")).isEqualTo(1);
            assertThat(value("natconnector.relay.challenges")).isGreaterThanOrEqualTo(3);
            assertThat(value("natconnector.stun.bindings")).isGreaterThanOrEqualTo(1);
            assertThat(value("natconnector.server.sockets.open")).isEqualTo(2);
            assertThat(value("natconnector.server.datagrams", "direction", "received")).isGreaterThanOrEqualTo(5);
            assertThat(value("natconnector.server.loop.lag")).isPositive();
            assertThat(value("natconnector.server.draining")).isZero();

            server.drain(Duration.ofMinutes(1));
            assertThat(value("natconnector.server.draining")).isEqualTo(1);
        }
    }

    @Test
    void whatARelayHasCarriedIsThere() throws Exception {
        try (Connector alice = builder().relay(address, "alice", "secret").relayOnly().build(); Connector bob = builder().build()) {
            PeerChannel channel = connect(bob, alice);
            channel.writeAndFlush(copiedBuffer("x".repeat(1000), UTF_8)).sync();

            assertThat(channel.path().isRelayed()).isTrue();
            assertThat(value("natconnector.relay.permissions")).isEqualTo(1);
            assertThat(value("natconnector.relay.packets", "direction", "to_clients")).isPositive();
            assertThat(value("natconnector.relay.packets", "direction", "to_peers")).isPositive();
            assertThat(value("natconnector.relay.bytes", "direction", "to_peers")).isGreaterThan(100);
        }
    }

    @Test
    void howAConnectorHasConnectedIsThere() throws Exception {
        try (Connector bob = builder().build();
                Connector alice = builder().stunServer(address).observer(new ConnectorMetrics(registry, Tags.of("who", "alice")))
                        .connectTimeout(Duration.ofMillis(500)).build()) {
            alice.check(Duration.ofSeconds(10)).get(20, SECONDS);
            PeerChannel channel = connect(alice, bob);
            assertThatThrownBy(() -> alice.peer(text -> { }).connect().get(20, SECONDS)).isNotNull();

            Timer connected = registry.get("natconnector.connect").tags("outcome", "connected", "path", "host",
                    "direction", "outgoing", "who", "alice").timer();
            assertThat(connected.count()).isEqualTo(1);
            assertThat(connected.totalTime(SECONDS)).isPositive();
            assertThat(registry.get("natconnector.connect").tags("outcome", "no_answer", "path", "none").timer().count())
                    .isEqualTo(1);
            assertThat(registry.get("natconnector.path.round.trip").tag("path", "host").timer().count()).isPositive();
            assertThat(value("natconnector.gathering", "server", "stun", "outcome", "answered")).isEqualTo(1);
            assertThat(value("natconnector.channels.active")).isEqualTo(1);
            assertThat(value("natconnector.sessions")).isEqualTo(1);
            assertThat(value("natconnector.datagrams", "direction", "sent")).isPositive();
            channel.close().sync();
        }
        assertThat(registry.get("natconnector.channels.ended").tag("reason", "closed").counter().count()).isEqualTo(1);
        assertThat(registry.find("natconnector.datagrams").meters()).as("a closed connector is not held").isEmpty();
    }

    @Test
    void oneLookIsEnoughForAllThatIsReadTogether() {
        int[] looks = {0};
        Snapshot<Integer> snapshot = new Snapshot<>(() -> ++looks[0], clock);

        assertThat(snapshot.get()).isEqualTo(1);
        clock.add(Duration.ofMillis(400));
        assertThat(snapshot.get()).isEqualTo(1);
        clock.add(Duration.ofMillis(200));
        assertThat(snapshot.get()).isEqualTo(2);
    }

    @Test
    void nobodyIsNamedInATag() throws Exception {
        try (Connector bob = builder().build(); Connector alice = builder().stunServer(address).relay(address, "alice", "secret")
                .observer(new ConnectorMetrics(registry)).build()) {
            connect(alice, bob);

            assertThat(registry.getMeters()).isNotEmpty().allSatisfy(meter -> assertThat(meter.getId().getTags())
                    .filteredOn(tag -> !tag.getKey().equals("le")).allSatisfy(tag ->
                            assertThat(tag.getValue()).matches("[a-z_]+|[0-9]{3}").isNotEqualTo("alice")));
        }
    }
}
