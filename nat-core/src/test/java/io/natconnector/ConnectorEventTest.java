package io.natconnector;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a connector tells its observer and the flight recorder. */
@Timeout(60)
class ConnectorEventTest {
    private final Connectors connectors = new Connectors(new PostOffice());
    private final BlockingQueue<ConnectorEvent> told = new LinkedBlockingQueue<>();
    private NatServer server;
    private String address;

    @BeforeEach
    void serve() throws Exception {
        server = NatServer.builder().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).user("alice", "secret")
                .allowPeer("127.0.0.0/8").start();
        address = "127.0.0.1:" + server.localAddress().getPort();
    }

    @AfterEach
    void close() {
        connectors.close();
        server.close();
    }

    private <T extends ConnectorEvent> T next(Class<T> kind) throws InterruptedException {
        for (ConnectorEvent event; (event = told.poll(20, SECONDS)) != null; ) {
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
        }
        throw new AssertionError("no " + kind.getSimpleName());
    }

    @Test
    void anObserverIsToldOfAConnectionFromItsBeginningToItsEnd() throws Exception {
        Connector alice = connectors.add("alice", builder -> builder.observer(told::add).stunServer(address)
                .relay(address, "alice", "secret"));
        Connector bob = connectors.add("bob");
        bob.listen(channel -> { });
        assertThat(told.poll(20, SECONDS)).isEqualTo(new ConnectorEvent.Started(alice));
        NetworkReport report = next(ConnectorEvent.Gathered.class).report();
        assertThat(report.relayed()).hasSize(1);
        assertThat(report.servers()).hasSize(2);

        PeerChannel channel = alice.connect("bob").get(10, SECONDS);

        ConnectorEvent.Connected connected = next(ConnectorEvent.Connected.class);
        assertThat(connected.channel()).isSameAs(channel);
        assertThat(connected.incoming()).isFalse();
        assertThat(connected.after()).isPositive();

        bob.close();
        ConnectorEvent.Ended ended = next(ConnectorEvent.Ended.class);
        assertThat(ended.channel()).isSameAs(channel);
        assertThat(ended.cause().reason()).isEqualTo(NatException.Reason.CLOSED_BY_PEER);
        assertThat(ended.after()).isGreaterThan(connected.after());

        alice.close();
        assertThat(next(ConnectorEvent.Closed.class).connector()).isSameAs(alice);
        assertThat(told).isEmpty();
    }

    @Test
    void anObserverIsToldOfWhoComesIn() throws Exception {
        connectors.add("bob", builder -> builder.observer(told::add)).listen(channel -> { });
        connectors.add("alice").connect("bob").get(10, SECONDS);

        assertThat(next(ConnectorEvent.Connected.class).incoming()).isTrue();
    }

    @Test
    void anObserverIsToldOfAFailure() throws Exception {
        Connector alice = connectors.add("alice",
                builder -> builder.observer(told::add).connectTimeout(Duration.ofMillis(300)));
        assertThatThrownBy(() -> alice.connect("nobody").get(10, SECONDS)).hasCauseInstanceOf(NatException.class);

        ConnectorEvent.Failed failed = next(ConnectorEvent.Failed.class);
        assertThat(failed.cause().reason()).isEqualTo(NatException.Reason.NO_ANSWER);
        assertThat(failed.cause().report().peer()).isEqualTo("nobody");
        assertThat(failed.after()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void anObserverThatFailsHarmsNobodyElse() throws Exception {
        Connector alice = connectors.add("alice", builder -> builder.observer(event -> {
                    throw new IllegalStateException("an observer's fault, for this test");
                }));
        connectors.add("bob").listen(channel -> { });

        assertThat(alice.connect("bob").get(10, SECONDS).isActive()).isTrue();
    }

    @Test
    void theFlightRecorderHasAllOfItWithItsFields(@TempDir Path directory) throws Exception {
        try (Recording recording = new Recording()) {
            for (String kind : List.of("Connect", "Gathering", "RelayAllocation", "ConnectionEnd", "PathChange")) {
                recording.enable("natconnector." + kind);
            }
            recording.start();
            Connector alice = connectors.add("alice", builder -> builder.observer(told::add)
                    .relay(address, "alice", "secret").relay(address, "alice", "wrong").relayOnly());
            connectors.add("bob", builder -> builder.relay(address, "alice", "secret").relayOnly()).listen(channel -> { });
            next(ConnectorEvent.Gathered.class);
            PeerChannel channel = alice.connect("bob").get(10, SECONDS);
            connectors.close();
            recording.stop();
            Path file = directory.resolve("recording.jfr");
            recording.dump(file);

            List<RecordedEvent> events = RecordingFile.readAllEvents(file);
            assertThat(events).anySatisfy(event -> {
                assertThat(event.getEventType().getName()).isEqualTo("natconnector.Connect");
                assertThat(event.getString("peer")).isEqualTo("bob");
                assertThat(event.getString("outcome")).isEqualTo("connected");
                assertThat(event.getBoolean("incoming")).isFalse();
                assertThat(event.getDuration("elapsed")).isPositive();
                assertThat(event.getString("localKind")).isEqualTo("relayed");
                assertThat(event.getBoolean("relayed")).isTrue();
                assertThat(event.getDuration("roundTrip")).isPositive();
                assertThat(event.getBoolean("encrypted")).isFalse();
                assertThat(event.getInt("localCandidates")).isPositive();
                assertThat(event.getString("directness")).isEqualTo("not_wanted");
            });
            assertThat(events).anySatisfy(event -> {
                assertThat(event.getEventType().getName()).isEqualTo("natconnector.RelayAllocation");
                assertThat(event.getString("server")).isEqualTo(address);
                assertThat(event.getString("relayed")).startsWith("127.0.0.1:");
            });
            assertThat(events).anySatisfy(event -> {
                assertThat(event.getEventType().getName()).isEqualTo("natconnector.RelayAllocation");
                assertThat(event.getString("outcome")).contains("refuses the user name or the password");
                assertThat(event.getString("relayed")).isNull();
            });
            assertThat(events).anySatisfy(event -> {
                assertThat(event.getEventType().getName()).isEqualTo("natconnector.Gathering");
                assertThat(event.getInt("relayed")).isEqualTo(1);
                assertThat(event.getInt("answers")).isEqualTo(1);
            });
            assertThat(events).anySatisfy(event -> {
                assertThat(event.getEventType().getName()).isEqualTo("natconnector.ConnectionEnd");
                assertThat(event.getString("peer")).isEqualTo(channel.peer());
                assertThat(event.getLong("sent")).isEqualTo(channel.statistics().sent());
            });
        }
    }
}
