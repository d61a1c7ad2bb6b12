package io.natconnector.relay;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Client and server over networks that lose packets, and for a long time. */
@ExtendWith(NoLeaks.class)
class RelayLossTest {
    /** From the first Allocate over permission, channel and refresh to the farewell there are so many packets each way. */
    private static final int STEPS = 14;

    /** Loses the n-th packet out, then the n-th packet in, for every n; and then two in a row. */
    @Test
    void survivesTheLossOfAnyOnePacketOrTwo() {
        for (int n = 0; n < STEPS; n++) {
            int lost = n;
            live(new RelayStage(n), "out " + n, client -> client.lose(i -> i == lost, i -> false));
            live(new RelayStage(n), "in " + n, client -> client.lose(i -> false, i -> i == lost));
            live(new RelayStage(n), "two out from " + n, client -> client.lose(i -> i == lost || i == lost + 1, i -> false));
            live(new RelayStage(n), "both at " + n, client -> client.lose(i -> i == lost, i -> i == lost));
        }
    }

    private interface Wire {
        void cut(LossyMachine wire);
    }

    private static void live(RelayStage stage, String what, Wire wire) {
        try (stage) {
            stage.peer.echo();
            RelayStage.Client client = stage.client("client", "198.51.100.20");
            wire.cut(client.wire);
            client.start();
            assertThat(stage.net.runUntil(client.machine::isAllocated, ofSeconds(3))).as(what + " allocated").isTrue();
            client.permit(stage.peer.address());
            stage.net.runFor(ofSeconds(2));
            client.bind(stage.peer.address());
            stage.net.runFor(ofSeconds(2));
            for (int i = 0; i < 3; i++) {
                client.send(stage.peer.address(), "data");
                stage.net.runFor(ofMillis(200));
            }
            assertThat(client.received).as(what + " data").isNotEmpty();
            stage.net.runFor(ofMinutes(5));
            assertThat(client.machine.isAllocated()).as(what + " refreshed").isTrue();
            client.close();
            assertThat(stage.net.runUntil(client.machine::isEnded, ofMillis(3001))).as(what + " closed").isTrue();
            stage.net.runFor(ofMinutes(11));
            assertThat(stage.server.remains()).as(what + " remains").isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void keepsAnAllocationForHoursOnABadLine(long seed) {
        try (RelayStage stage = new RelayStage(seed)) {
            stage.peer.echo();
            stage.serverHost.uplink().loss(0.1).duplication(0.05).reordering(0.1).jitter(ofMillis(8));
            RelayStage.Client client = stage.client("client", "198.51.100.20").start();
            client.host.uplink().loss(0.1);
            assertThat(stage.net.runUntil(client.machine::isAllocated, ofSeconds(8))).isTrue();
            client.bind(stage.peer.address());
            int sent = 0;
            for (int i = 0; i < 60; i++) {
                stage.net.runFor(ofMinutes(2));
                client.send(stage.peer.address(), "tick");
                sent++;
            }
            assertThat(client.machine.isAllocated()).isTrue();
            assertThat(client.received.size()).as("of " + sent).isGreaterThan(sent / 3);
        }
    }

    @Test
    void leavesNothingBehindAfterHalfAnHourOfComingAndGoing() {
        try (RelayStage stage = new RelayStage(11, config -> config.ports(50_000, 50_199))) {
            stage.peer.echo();
            stage.serverHost.uplink().loss(0.05);
            RandomGenerator random = stage.net.random("churn");
            List<RelayStage.Client> alive = new ArrayList<>();
            for (int round = 0; round < 180; round++) {
                String ip = "198.18." + (round >> 8) + "." + (round & 255);
                Host host = stage.net.host("client" + round, ip);
                RelayStage.Client client = stage.new Client(host, 5000, "alice", random.nextInt(8) > 0 ? "secret" : "guess");
                stage.clients.add(client);
                alive.add(client.start());
                stage.net.runFor(ofSeconds(5));
                alive.get(random.nextInt(alive.size())).bind(stage.peer.address());
                alive.get(random.nextInt(alive.size())).send(stage.peer.address(), "hello");
                stage.net.runFor(ofSeconds(5));
                if (random.nextInt(3) > 0) {
                    RelayStage.Client leaving = alive.remove(random.nextInt(alive.size()));
                    if (random.nextBoolean()) {
                        leaving.close();
                    } else {
                        leaving.program.stop();
                    }
                }
            }
            assertThat(stage.server.statistics().allocations()).isGreaterThan(50);
            alive.forEach(RelayStage.Client::close);
            stage.net.runFor(ofMinutes(11));

            assertThat(stage.server.remains()).isZero();
            assertThat(stage.server.nextTimeout()).isEqualTo(RelayServer.NEVER);
            assertThat(stage.server.statistics().expired()).isPositive();
        }
    }

    @Test
    void learnsAtOnceThatTheServerStartedAnewWhenItAsks() {
        try (RelayStage stage = new RelayStage(12)) {
            RelayStage.Client client = stage.allocated();
            stage.restartServer();
            client.host.mutate(client.wire, client.machine::check);

            assertThat(stage.net.runUntil(client.machine::isEnded, ofMillis(100))).isTrue();
        }
    }

    @Test
    void replaysToThePacket() {
        assertThat(digest(21)).isEqualTo(digest(21)).isNotEqualTo(digest(22));
    }

    private static long digest(long seed) {
        try (RelayStage stage = new RelayStage(seed)) {
            stage.peer.echo();
            stage.serverHost.uplink().loss(0.2);
            RelayStage.Client client = stage.client("client", "198.51.100.20").start();
            stage.net.runFor(ofSeconds(10));
            client.send(stage.peer.address(), "hello");
            stage.net.runFor(ofMinutes(10));
            return stage.net.digest();
        }
    }
}
