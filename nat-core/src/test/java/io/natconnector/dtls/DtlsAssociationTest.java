package io.natconnector.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** 25 ms one way, unless said otherwise. */
class DtlsAssociationTest {
    private static final long MILLI = Couple.MILLI;

    private static void canTalk(Couple couple) {
        couple.send(couple.client, "from the client");
        couple.send(couple.server, "from the server");
        couple.runFor(100 * MILLI);
        assertThat(couple.server.received).endsWith("from the client");
        assertThat(couple.client.received).endsWith("from the server");
    }

    @Test
    void aHandshakeTakesTwoRoundTripsOfOneDatagramEach() {
        try (Couple couple = new Couple(1).start()) {
            couple.runFor(1_000 * MILLI);
            assertThat(couple.server.establishedAt).isEqualTo(75 * MILLI);
            assertThat(couple.client.establishedAt).isEqualTo(100 * MILLI);
            assertThat(couple.client.sent).isEqualTo(2);
            assertThat(couple.server.sent).isEqualTo(2);
            canTalk(couple);
        }
    }

    @Test
    void eachSideLearnsTheOthersCertificate() {
        try (Couple couple = new Couple(1).start()) {
            couple.runFor(1_000 * MILLI);
            assertThat(couple.client.events.get(0)).isEqualTo(new DtlsEvent.Established(Couple.bob().certificate()));
            assertThat(couple.server.events.get(0)).isEqualTo(new DtlsEvent.Established(Couple.alice().certificate()));
        }
    }

    @Test
    void aLostFlightOfEitherSideIsSentAgainAfterATenthOfASecond() {
        for (boolean clients : new boolean[] {true, false}) {
            for (int flight = 1; flight <= 2; flight++) {
                int lost = flight;
                try (Couple couple = new Couple(flight)
                        .fate((fromClient, number, datagram) ->
                                fromClient == clients && number == lost ? new long[0] : new long[] {0}).start()) {
                    couple.runFor(2_000 * MILLI);
                    String what = "flight " + lost + " of the " + (clients ? "client" : "server");
                    assertThat(couple.bothEstablished()).as(what).isTrue();
                    assertThat(couple.client.establishedAt).as(what).isBetween(150 * MILLI, 200 * MILLI);
                    canTalk(couple);
                }
            }
        }
    }

    @Test
    void aThirdOfAllDatagramsLostDelaysForAWhileAtMost() {
        List<Long> times = new ArrayList<>();
        for (long seed = 1; seed <= 100; seed++) {
            Couple couple = new Couple(seed);
            couple.fate((fromClient, number, datagram) ->
                    couple.random.nextInt(3) == 0 ? new long[0] : new long[] {0}).start();
            couple.runFor(14_000 * MILLI);
            assertThat(couple.bothEstablished()).as("seed " + seed).isTrue();
            times.add(couple.client.establishedAt / MILLI);
            couple.close();
        }
        Collections.sort(times);
        System.out.println("33 % loss: median " + times.get(50) + " ms, p90 " + times.get(90) + " ms, worst " + times.get(99)
                + " ms");
        assertThat(times.get(50)).isLessThanOrEqualTo(400);
    }

    @Test
    void reorderedAndDoubledDatagramsDoNoHarm() {
        for (long seed = 1; seed <= 50; seed++) {
            Couple couple = new Couple(seed);
            couple.fate((fromClient, number, datagram) -> couple.random.longs(1 + couple.random.nextInt(3), 0, 200 * MILLI)
                    .toArray()).start();
            couple.runFor(5_000 * MILLI);
            assertThat(couple.bothEstablished()).as("seed " + seed).isTrue();
            for (int i = 0; i < 20; i++) {
                couple.send(couple.client, "n" + i);
            }
            couple.runFor(1_000 * MILLI);
            assertThat(couple.server.received).as("seed " + seed).hasSize(20).doesNotHaveDuplicates();
            couple.close();
        }
    }

    @Test
    void aRepeatedRunIsTheSame() {
        List<Integer> sent = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            Couple couple = new Couple(7);
            couple.fate((fromClient, number, datagram) ->
                    couple.random.nextInt(2) == 0 ? new long[0] : new long[] {couple.random.nextLong(50 * MILLI)}).start();
            couple.runFor(10_000 * MILLI);
            sent.add(couple.client.sent);
            sent.add(couple.server.sent);
            sent.add((int) (couple.client.establishedAt / 1000));
            couple.close();
        }
        assertThat(sent.subList(0, 3)).isEqualTo(sent.subList(3, 6));
    }

    @Test
    void garbageIsCountedAndDropped() {
        Couple couple = new Couple(3).start();
        for (int i = 0; i < 100; i++) {
            byte[] garbage = new byte[1 + couple.random.nextInt(300)];
            couple.random.nextBytes(garbage);
            garbage[0] = (byte) (20 + couple.random.nextInt(44));
            couple.inject(i % 2 == 0 ? couple.client : couple.server, garbage);
        }
        couple.runFor(1_000 * MILLI);
        assertThat(couple.bothEstablished()).isTrue();
        assertThat(couple.client.association.counters().malformed()).isEqualTo(50);
        canTalk(couple);
        couple.close();
    }

    @Test
    void replayedAndForgedRecordsAreCountedAndDropped() {
        Couple couple = new Couple(4).start();
        couple.runFor(1_000 * MILLI);
        couple.send(couple.client, "once");
        couple.runFor(100 * MILLI);
        byte[] record = couple.captured.get(couple.captured.size() - 1);
        couple.inject(couple.server, record);
        byte[] forged = record.clone();
        forged[12 + 10] ^= 1;
        forged[10]++;
        couple.inject(couple.server, forged);
        couple.runFor(100 * MILLI);
        assertThat(couple.server.received).containsExactly("once");
        assertThat(couple.server.association.counters().refused()).isEqualTo(2);
        canTalk(couple);
        couple.close();
    }

    @Test
    void aPeerWithoutAesIsSpokenToInChaCha20() {
        Couple couple = new Couple(12, List.of(Suite.CHACHA20_POLY1305)).start();
        couple.runFor(1_000 * MILLI);
        assertThat(couple.server.association.cipher()).isEqualTo("ChaCha20-Poly1305");
        canTalk(couple);
        couple.fate((fromClient, number, datagram) -> new long[0]);
        couple.send(couple.client, "after a forgery");
        byte[] real = couple.captured.get(couple.captured.size() - 1);
        byte[] forged = real.clone();
        forged[20] ^= 1;
        couple.inject(couple.server, forged);
        couple.inject(couple.server, real.clone());
        couple.inject(couple.server, real.clone());
        assertThat(couple.server.received).endsWith("after a forgery");
        assertThat(couple.server.association.counters().refused()).isEqualTo(2);
        couple.close();
    }

    @Test
    void elseItIsAes() {
        Couple couple = new Couple(12).start();
        couple.runFor(1_000 * MILLI);
        assertThat(couple.client.association.cipher()).isEqualTo("AES-128-GCM").isEqualTo(couple.server.association.cipher());
        couple.close();
    }

    @Test
    void stragglersOfAFastStreamAreTaken() {
        Couple couple = new Couple(13).start();
        couple.runFor(1_000 * MILLI);
        int sentBefore = couple.client.sent;
        couple.fate((fromClient, number, datagram) -> new long[] {number - sentBefore <= 100 ? 40 * MILLI : 0});
        for (int i = 0; i < 4000; i++) {
            couple.send(couple.client, "n" + i);
            couple.runFor(MILLI / 100);
        }
        couple.runFor(1_000 * MILLI);
        assertThat(couple.server.received).hasSize(4000).doesNotHaveDuplicates();
        assertThat(couple.server.received.get(0)).as("they came late").isEqualTo("n100");
        couple.close();
    }

    @Test
    void nothingOfTheApplicationIsVisibleOnTheWire() {
        Couple couple = new Couple(4).start();
        couple.runFor(1_000 * MILLI);
        couple.captured.clear();
        couple.send(couple.client, "a very secret text");
        assertThat(couple.captured).hasSize(1);
        assertThat(new String(couple.captured.get(0), java.nio.charset.StandardCharsets.ISO_8859_1)).doesNotContain("secret");
        couple.close();
    }

    @Test
    void aPeerThatStopsMidHandshakeIsGivenUpAndItsThreadEnds() {
        for (int answers = 0; answers < 2; answers++) {
            int last = answers;
            Couple couple = new Couple(5).fate((fromClient, number, datagram) ->
                    fromClient || number <= last ? new long[] {0} : new long[0]).start();
            couple.runFor(20_000 * MILLI);
            assertThat(couple.client.failed.reason()).isEqualTo(DtlsFailure.TIMEOUT);
            assertThat(couple.client.association.nextTimeout()).isEqualTo(Long.MAX_VALUE);
            assertThat(couple.client.sent).as("backs off").isLessThan(20);
            couple.close();
            assertThat(couple.threads.getTaskCount()).isEqualTo(2);
            assertThat(endedSoon(couple)).as("threads are left").isTrue();
        }
    }

    private static boolean endedSoon(Couple couple) {
        try {
            return couple.threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onceEstablishedThereIsNoThread() {
        Couple couple = new Couple(6).start();
        couple.runFor(1_000 * MILLI);
        couple.threads.shutdown();
        assertThat(endedSoon(couple)).isTrue();
        canTalk(couple);
        couple.close();
    }

    @Test
    void aServerThatIsNotTheExpectedOneIsRefusedByTheClient() {
        Couple couple = new Couple(7, Couple.alice().fingerprint(), Couple.alice().fingerprint()).start();
        couple.runFor(1_000 * MILLI);
        assertThat(couple.client.failed.reason()).isEqualTo(DtlsFailure.FINGERPRINT_REFUSED_HERE);
        assertThat(couple.client.failed.detail()).contains(Couple.alice().fingerprint().hash())
                .contains(Couple.bob().fingerprint().hash());
        assertThat(couple.server.failed.reason()).isEqualTo(DtlsFailure.FINGERPRINT_REFUSED_BY_PEER);
        nothingPasses(couple);
    }

    @Test
    void aClientThatIsNotTheExpectedOneIsRefusedByTheServer() {
        Couple couple = new Couple(8, Couple.bob().fingerprint(), Couple.bob().fingerprint()).start();
        couple.runFor(1_000 * MILLI);
        assertThat(couple.server.failed.reason()).isEqualTo(DtlsFailure.FINGERPRINT_REFUSED_HERE);
        assertThat(couple.client.failed.reason()).isEqualTo(DtlsFailure.FINGERPRINT_REFUSED_BY_PEER);
        nothingPasses(couple);
    }

    private static void nothingPasses(Couple couple) {
        couple.send(couple.client, "secret");
        couple.send(couple.server, "secret");
        couple.runFor(1_000 * MILLI);
        assertThat(couple.client.received).isEmpty();
        assertThat(couple.server.received).isEmpty();
        assertThat(couple.client.establishedAt).isEqualTo(-1);
        assertThat(couple.server.establishedAt).isEqualTo(-1);
        couple.close();
        assertThat(endedSoon(couple)).isTrue();
    }

    @Test
    void dataThatOvertakesTheEndOfTheHandshakeIsNotLost() {
        Couple couple = new Couple(9).fate((fromClient, number, datagram) ->
                new long[] {!fromClient && number == 2 ? 60 * MILLI : 0}).start();
        while (couple.server.establishedAt < 0) {
            couple.runFor(MILLI);
        }
        List<String> burst = IntStream.range(0, 200).mapToObj(Integer::toString).toList();
        burst.forEach(text -> couple.send(couple.server, text));
        couple.runFor(1_000 * MILLI);
        assertThat(couple.client.received).isEqualTo(burst);
        assertThat(couple.client.events.get(0)).isInstanceOf(DtlsEvent.Established.class);
        couple.close();
    }

    @Test
    void closingTellsThePeer() {
        Couple couple = new Couple(10).start();
        couple.runFor(1_000 * MILLI);
        couple.client.association.close();
        couple.send(couple.client, "not any more");
        couple.runFor(100 * MILLI);
        assertThat(couple.server.failed.reason()).isEqualTo(DtlsFailure.CLOSED_BY_PEER);
        assertThat(couple.server.received).isEmpty();
        couple.close();
    }

    @Test
    void whatDoesNotFitIntoARecordIsNotSent() {
        Couple couple = new Couple(11).start();
        couple.runFor(1_000 * MILLI);
        assertThat(couple.client.association.seal(Unpooled.wrappedBuffer(new byte[DtlsAssociation.MAX_PAYLOAD + 1]))).isNull();
        assertThat(couple.client.association.counters().overlong()).isEqualTo(1);
        char[] longest = new char[DtlsAssociation.MAX_PAYLOAD];
        Arrays.fill(longest, 'x');
        couple.send(couple.client, new String(longest));
        couple.send(couple.client, "");
        couple.runFor(100 * MILLI);
        assertThat(couple.server.received).containsExactly(new String(longest), "");
        couple.close();
    }
}
