package io.natconnector.relay;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Half an hour of clients that come, send, and go: with a word of farewell, or without. */
@ExtendWith(NoLeaks.class)
class ChurnTest {
    private static final long SEED = Long.getLong("nat.seed", 20_260_101);
    private static final int CLIENTS = 1800;

    @Test
    void leavesNothingOfAllThoseWhoCameAndWent() {
        System.out.println("ChurnTest: -Dnat.seed=" + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        try (RelayStage stage = new RelayStage(SEED, config -> config.mobility(true).quotas(5000, 5000, 5000))) {
            stage.peer.echo();
            int socketsBefore = stage.serverHost.openSockets();
            Queue<RelayStage.Client> present = new ArrayDeque<>();
            int most = 0;
            for (int i = 0; i < CLIENTS; i++) {
                present.add(come(stage, i, random));
                stage.net.runFor(ofSeconds(1));
                if (random.nextInt(10) > 0 && present.size() > 5) {
                    go(present.remove(), random);
                }
                most = Math.max(most, stage.server.statistics().activeAllocations());
            }
            assertThat(stage.net.now()).as("half an hour").isGreaterThanOrEqualTo(ofMinutes(30).toNanos());
            assertThat(stage.server.statistics().allocations()).isEqualTo(CLIENTS);
            assertThat(stage.server.statistics().toClients()).isGreaterThan(CLIENTS);
            assertThat(most).as("those who vanished are kept for ten minutes").isBetween(100, 900);

            present.forEach(client -> go(client, random));
            stage.net.runFor(ofSeconds(661));
            assertThat(stage.server.remains()).isZero();
            assertThat(stage.serverHost.openSockets()).isEqualTo(socketsBefore);
        }
    }

    private static RelayStage.Client come(RelayStage stage, int number, SplittableRandom random) {
        AllocateOptions options = AllocateOptions.DEFAULT.withMobility(random.nextBoolean());
        options = random.nextInt(4) == 0 ? options.withEvenPort(random.nextBoolean()) : options;
        String address = "198.51." + (101 + number / 200) + "." + (1 + number % 200);
        RelayStage.Client client = stage.client("client" + number, address, options).start();
        stage.net.runFor(ofMillis(100));
        if (random.nextBoolean()) {
            client.bind(stage.peer.address());
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            client.send(stage.peer.address(), "hello");
        }
        return client;
    }

    private static void go(RelayStage.Client client, SplittableRandom random) {
        if (random.nextBoolean()) {
            client.close();
        } else {
            client.program.stop();                             // as when a phone's battery is empty
        }
    }
}
