package io.natconnector;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.stun.RestCredentials;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NatServerTest {
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);

    private final Connectors connectors = new Connectors(new PostOffice());

    @AfterEach
    void close() {
        connectors.close();
    }

    private static NatServerBuilder server() {
        return NatServer.builder().listen(LOOPBACK).realm("example.org").user("alice", "secret").allowPeer("127.0.0.0/8");
    }

    private static String port(NatServer server) {
        return "127.0.0.1:" + server.localAddress().getPort();
    }

    @Test
    void peersThatMayOnlyUseTheRelayConnectOverIt() throws Exception {
        try (NatServer server = server().start()) {
            DefaultConnector alice = connectors.add("alice",
                    builder -> builder.relay("turn:" + port(server), "alice", "secret").relayOnly());
            connectors.add("bob",
                    builder -> builder.relay("turn:" + port(server) + "?transport=udp", "alice", "secret").relayOnly()).listen(
                            channel -> channel.pipeline().addLast(new EchoHandler()));
            Received received = new Received();

            PeerChannel channel = alice.connect("bob", received).get(10, SECONDS);
            for (int i = 0; i < 20; i++) {
                channel.writeAndFlush(copiedBuffer("hello " + i, UTF_8));
                assertThat(received.next()).isEqualTo("hello " + i);
            }

            assertThat(channel.path().localKind()).isEqualTo(Path.Kind.RELAYED);
            assertThat(channel.path().remoteKind()).isEqualTo(Path.Kind.RELAYED);
            assertThat(channel.path().isRelayed()).isTrue();
            assertThat(server.statistics().activeAllocations()).isEqualTo(2);
            assertThat(server.statistics().toPeers()).isGreaterThanOrEqualTo(40);
            connectors.close();
            long patience = System.nanoTime() + SECONDS.toNanos(5);       // the farewells are on their way
            while (server.statistics().activeAllocations() > 0 && System.nanoTime() < patience) {
                Thread.onSpinWait();
            }
            assertThat(server.statistics().activeAllocations()).isZero();
        }
    }

    @Test
    void aCheckTellsAddressesServersAndMapping() throws Exception {
        try (NatServer one = server().start(); NatServer two = server().start()) {
            Connector alice = connectors.add("alice", builder -> builder.stunServer("stun:" + port(one)).stunServer(port(two))
                    .relay(port(one), "alice", "secret").relay(port(two), "alice", "wrong")
                    .stunServer("nowhere.invalid").nameLookup(NatServerTest::unknown));

            NetworkReport report = alice.check(FIVE_SECONDS).get(10, SECONDS);

            assertThat(report.local()).hasSize(1);
            assertThat(report.mapping()).isEqualTo(NetworkReport.Mapping.NONE);
            assertThat(report.relayed()).hasSize(1);
            assertThat(report.servers()).filteredOn(server -> server.kind() == ServerReport.Kind.STUN
                    && server.address().isPresent()).hasSize(2)
                    .allSatisfy(server -> assertThat(server.roundTrip()).isPresent());
            assertThat(report.toString())
                    .contains("refuses the user name or the password", "nowhere.invalid:3478: the name can't be");
        }
    }

    private static InetAddress[] unknown(String host) throws UnknownHostException {
        throw new UnknownHostException(host);
    }

    @Test
    void aSlowNameHoldsUpNobody() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (NatServer server = server().start()) {
            String slow = "slow.example:" + server.localAddress().getPort();
            DefaultConnector alice = connectors.add("alice", builder -> builder.stunServer(slow).nameLookup(host -> {
                        asked.countDown();
                        await(answer);
                        return new InetAddress[] {InetAddress.getLoopbackAddress()};
                    }));
            connectors.add("bob").listen(channel -> { });
            assertThat(asked.await(5, SECONDS)).isTrue();

            assertThat(alice.connect("bob").get(5, SECONDS).isActive()).isTrue();
            CompletableFuture<NetworkReport> check = alice.check(Duration.ofSeconds(10));
            answer.countDown();

            assertThat(check.get(5, SECONDS).servers()).singleElement()
                    .satisfies(report -> assertThat(report.server()).startsWith("slow.example:"));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void timedCredentialsAreAccepted() throws Exception {
        String name = RestCredentials.username("alice", System.currentTimeMillis() / 1000 + 600);
        String password = RestCredentials.password("shared", name);
        try (NatServer server = NatServer.builder().listen(LOOPBACK).restSecret("shared").user("bob", "secret").start()) {
            Connector timed = connectors.add("alice", builder -> builder.relay(port(server), name, password));
            Connector known = connectors.add("bob", builder -> builder.relay(port(server), "bob", "secret"));

            assertThat(timed.check(FIVE_SECONDS).get(10, SECONDS).relayed()).hasSize(1);
            assertThat(known.check(FIVE_SECONDS).get(10, SECONDS).relayed()).hasSize(1);
        }
    }

    @Test
    void whoHasTheOldSecretGetsInWhileTheNewOneReplacesIt() throws Exception {
        String name = RestCredentials.username("alice", System.currentTimeMillis() / 1000 + 600);
        try (NatServer server = NatServer.builder().listen(LOOPBACK).restSecret("the new one").restSecret("the old one").start()) {
            Connector alice = connectors.add("alice", builder -> builder
                    .relay(port(server), name, RestCredentials.password("the old one", name)));

            assertThat(alice.check(FIVE_SECONDS).get(10, SECONDS).relayed()).hasSize(1);
        }
        assertThatThrownBy(() -> NatServer.builder().restSecret("one").restSecret("two").restSecret("three"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRelayForItsUsersAloneAnswersNoBindingRequests() throws Exception {
        try (NatServer server = server().answersBinding(false).start()) {
            Connector alice = connectors.add("alice", builder -> builder.stunServer(port(server))
                    .relay(port(server), "alice", "secret"));

            NetworkReport report = alice.check(Duration.ofSeconds(1)).get(10, SECONDS);

            assertThat(report.relayed()).hasSize(1);
            assertThat(server.statistics().bindings()).isZero();
        }
    }

    @Test
    void aUserGetsNoMoreAllocationsThanTheQuota() throws Exception {
        try (NatServer server = server().user("bob", "hush").quotas(1, 10, 10).start()) {
            connectors.add("one", builder -> builder.relay(port(server), "alice", "secret")).check(FIVE_SECONDS).get(10, SECONDS);
            connectors.add("two", builder -> builder.relay(port(server), "alice", "secret")).check(FIVE_SECONDS).get(10, SECONDS);
            connectors.add("three", builder -> builder.relay(port(server), "bob", "hush")).check(FIVE_SECONDS).get(10, SECONDS);

            assertThat(server.statistics().activeAllocations()).isEqualTo(2);
            assertThat(server.statistics().refusals()).containsKey(486);
        }
    }

    @Test
    void relayedAddressesAreWithinThePortsAndSeenUnderTheExternalAddress() throws Exception {
        try (NatServer server = server().relayPorts(20_000, 20_009).relayAddress(InetAddress.getLoopbackAddress())
                .externalAddress(InetAddress.getByName("192.0.2.7")).start()) {
            Connector alice = connectors.add("alice", builder -> builder.relay(port(server), "alice", "secret"));

            assertThat(alice.check(FIVE_SECONDS).get(10, SECONDS).relayed()).singleElement().satisfies(relayed -> {
                assertThat(relayed.getAddress().getHostAddress()).isEqualTo("192.0.2.7");
                assertThat(relayed.getPort()).isBetween(20_000, 20_009);
            });
        }
    }

    @Test
    void wildcardsStandForEachAddress() throws Exception {
        try (NatServer server = NatServer.builder().listen(new InetSocketAddress("0.0.0.0", 0)).start()) {
            assertThat(server.localAddresses()).noneMatch(address -> address.getAddress().isAnyLocalAddress())
                    .anyMatch(address -> address.getAddress().isLoopbackAddress());
        }
    }

    @Test
    void aPortThatIsTakenIsSaidAtStart() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            InetSocketAddress there = (InetSocketAddress) taken.getLocalSocketAddress();

            assertThatThrownBy(() -> NatServer.builder().listen(there).start()).isInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1:" + there.getPort());
        }
        assertThatThrownBy(() -> NatServer.builder().start()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("listen");
    }

    @Test
    void aDrainLetsThoseStayWhoAreThereAndNobodyElseIn() throws Exception {
        try (NatServer server = server().start()) {
            Connector alice = connectors.add("alice", builder -> builder.relay(port(server), "alice", "secret"));
            assertThat(alice.check(FIVE_SECONDS).get(10, SECONDS).relayed()).hasSize(1);
            assertThat(server.isDraining()).isFalse();

            CompletableFuture<Void> drained = server.drain(Duration.ofMinutes(10));
            Connector late = connectors.add("late", builder -> builder.stunServer(port(server))
                    .relay(port(server), "alice", "secret"));
            NetworkReport report = late.check(FIVE_SECONDS).get(10, SECONDS);

            assertThat(report.relayed()).isEmpty();
            assertThat(report.servers()).filteredOn(answer -> answer.kind() == ServerReport.Kind.STUN
                    && answer.address().isPresent()).hasSize(1);
            assertThat(server.isDraining()).isTrue();
            assertThat(server.statistics().activeAllocations()).isEqualTo(1);
            assertThat(drained).isNotDone();

            alice.close();
            drained.get(10, SECONDS);
        }
    }

    @Test
    void aDrainOfAServerThatNobodyUsesIsDoneAtOnce() throws Exception {
        NatServer server = server().start();
        server.drain(Duration.ofMinutes(10)).get(10, SECONDS);
        server.close();
        server.drain(Duration.ofMinutes(10)).get(10, SECONDS);
    }

    @Test
    void aServerThatDrainsSendsWhoAsksToAnother() throws Exception {
        try (NatServer other = server().start(); NatServer server = server().alternateServer(other.localAddress()).start()) {
            server.drain(Duration.ofMinutes(10));
            Connector alice = connectors.add("alice", builder -> builder.relay(port(server), "alice", "secret"));

            assertThat(alice.check(FIVE_SECONDS).get(10, SECONDS).relayed()).hasSize(1);
            assertThat(other.statistics().activeAllocations()).isEqualTo(1);
            assertThat(server.statistics().allocations()).isZero();
        }
    }

    @Test
    void closingGivesEverythingBack() throws Exception {
        NatServer server = server().start();
        connectors.add("alice", builder -> builder.relay(port(server), "alice", "secret")).check(Duration.ofSeconds(5))
                .get(10, SECONDS);

        server.close();
        server.close();

        assertThat(server.statistics().allocations()).isEqualTo(1);
        assertThat(server.driver().counters().opened.value()).isEqualTo(2).isEqualTo(server.driver().counters().closed.value());
        assertThat(server.driver().isArmed()).isFalse();
        assertThat(List.of(server.localAddress())).isNotEmpty();
    }
}
