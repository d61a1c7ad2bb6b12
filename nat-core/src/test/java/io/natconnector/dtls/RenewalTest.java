package io.natconnector.dtls;

import static java.util.concurrent.TimeUnit.HOURS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** 25 ms one way. Keys are worn out soon here. */
class RenewalTest {
    private static final long MILLI = Couple.MILLI;
    private static final long NEVER_OLD = HOURS.toNanos(1000);

    private static KeyLifetime after(int records) {
        return new KeyLifetime(records, Long.MAX_VALUE, NEVER_OLD);
    }

    private static List<String> numbered(String who, int count) {
        return IntStream.range(0, count).mapToObj(i -> who + i).toList();
    }

    @Test
    void keysAreExchangedManyTimesAndNoDatagramIsLost() {
        Couple couple = new Couple(1, after(100)).start();
        couple.runFor(200 * MILLI);
        for (int i = 0; i < 2000; i++) {
            couple.send(couple.client, "c" + i);
            couple.send(couple.server, "s" + i);
            couple.runFor(5 * MILLI);
        }
        couple.runFor(1_000 * MILLI);

        assertThat(couple.server.received).isEqualTo(numbered("c", 2000));
        assertThat(couple.client.received).isEqualTo(numbered("s", 2000));
        assertThat(couple.client.association.counters().renewed()).isBetween(7L, 20L)
                .isEqualTo(couple.server.association.counters().renewed());
        assertThat(couple.client.association.counters().refused() + couple.server.association.counters().refused()).isZero();
        couple.close();
    }

    @Test
    void aStreamOneWayIsEnoughWhicheverWay() {
        for (boolean clients : new boolean[] {true, false}) {
            Couple couple = new Couple(2, after(100)).start();
            couple.runFor(200 * MILLI);
            Couple.End from = clients ? couple.client : couple.server;
            for (int i = 0; i < 1000; i++) {
                couple.send(from, "n" + i);
                couple.runFor(10 * MILLI);
            }
            couple.runFor(1_000 * MILLI);

            assertThat((clients ? couple.server : couple.client).received).isEqualTo(numbered("n", 1000));
            assertThat(couple.server.association.counters().renewed()).as("clients: " + clients).isGreaterThanOrEqualTo(5);
            couple.close();
        }
    }

    @Test
    void lossAndReorderingOfItsOwnWordsCostNoDatagramOfTheApplication() {
        for (long seed = 1; seed <= 10; seed++) {
            Couple couple = new Couple(seed, after(150)).start();
            couple.runFor(1_000 * MILLI);
            couple.fate((fromClient, number, datagram) -> {
                boolean handshake = datagram.getByte(datagram.readerIndex()) == Records.HANDSHAKE;
                long late = couple.random.nextLong(60 * MILLI);
                return handshake && couple.random.nextInt(3) == 0 ? new long[0] : new long[] {late};
            });
            for (int i = 0; i < 1000; i++) {
                couple.send(couple.client, "c" + i);
                couple.send(couple.server, "s" + i);
                couple.runFor(5 * MILLI);
            }
            couple.runFor(5_000 * MILLI);

            assertThat(couple.server.received).as("seed " + seed).containsExactlyInAnyOrderElementsOf(numbered("c", 1000));
            assertThat(couple.client.received).as("seed " + seed).containsExactlyInAnyOrderElementsOf(numbered("s", 1000));
            assertThat(couple.client.association.counters().renewed()).as("seed " + seed).isPositive();
            couple.close();
        }
    }

    @Test
    void ageIsAReasonToo() {
        Couple couple = new Couple(3, new KeyLifetime(1_000_000, 1_000_000, TimeUnit.MINUTES.toNanos(1))).start();
        couple.runFor(TimeUnit.MINUTES.toNanos(5));

        assertThat(couple.client.association.counters().renewed()).isEqualTo(4);
        couple.send(couple.server, "still here");
        couple.runFor(100 * MILLI);
        assertThat(couple.client.received).containsExactly("still here");
        couple.close();
    }

    @Test
    void forgeriesAreAReasonToo() {
        Couple couple = new Couple(4, new KeyLifetime(1_000_000, 10, NEVER_OLD)).start();
        couple.runFor(1_000 * MILLI);
        couple.send(couple.client, "real");
        couple.runFor(100 * MILLI);
        byte[] record = couple.captured.get(couple.captured.size() - 1);
        for (int i = 0; i < 10; i++) {
            byte[] forged = record.clone();
            forged[10] = (byte) (50 + i);
            couple.inject(couple.server, forged);
        }
        couple.runFor(1_000 * MILLI);

        assertThat(couple.server.association.counters().renewed()).isEqualTo(1);
        couple.close();
    }

    @Test
    void whenThePeerFallsSilentMidwayTheOldKeysGoOnAndItIsTriedAgain() {
        boolean[] silent = {true};
        Couple couple = new Couple(5, after(100)).start();
        couple.runFor(200 * MILLI);
        couple.fate((fromClient, number, datagram) ->
                silent[0] && datagram.getByte(datagram.readerIndex()) == Records.HANDSHAKE ? new long[0] : new long[] {0});
        for (int i = 0; i < 3000; i++) {
            couple.send(couple.client, "c" + i);
            couple.runFor(10 * MILLI);
        }
        couple.runFor(100 * MILLI);
        assertThat(couple.server.received).isEqualTo(numbered("c", 3000));
        assertThat(couple.client.association.counters().renewed()).isZero();
        silent[0] = false;
        couple.runFor(60_000 * MILLI);
        couple.send(couple.client, "c3000");
        couple.runFor(60_000 * MILLI);

        assertThat(couple.server.received).hasSize(3001);
        assertThat(couple.client.association.counters().renewed()).isEqualTo(1);
        assertThat(couple.client.failed).isNull();
        couple.close();
    }

    @Test
    void noThreadIsLeftWhenItIsClosedMidway() throws InterruptedException {
        Couple couple = new Couple(6, after(10)).start();
        couple.runFor(200 * MILLI);
        for (int i = 0; i < 10; i++) {
            couple.send(couple.client, "c" + i);
        }
        couple.runFor(30 * MILLI);
        couple.close();

        assertThat(couple.threads.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        assertThat(couple.threads.getTaskCount()).as("a handshake was underway").isGreaterThan(2);
    }

    @Test
    void aPeerThatKnowsNoRenewalIsNotAsked() {
        Couple couple = new Couple(7, KeyLifetime.ENDLESS).start();
        couple.runFor(200 * MILLI);
        for (int i = 0; i < 500; i++) {
            couple.send(couple.client, "c" + i);
            couple.runFor(MILLI);
        }
        couple.runFor(100 * MILLI);

        assertThat(couple.server.received).hasSize(500);
        assertThat(couple.server.association.nextTimeout()).isEqualTo(Long.MAX_VALUE);
        couple.close();
    }
}
