package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.dtls.DtlsFingerprint;
import io.natconnector.dtls.DtlsIdentity;
import io.natconnector.dtls.Handshakes;
import io.natconnector.dtls.KeyLifetime;
import io.natconnector.dtls.SeededSecureRandom;
import io.natconnector.ice.IceRole;
import io.natconnector.testkit.NatProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** 25 ms one way on each uplink, instant signalling. */
class EncryptedSessionTest {
    private static final DtlsIdentity ALICE = DtlsIdentity.generate(new SeededSecureRandom(1));
    private static final DtlsIdentity BOB = DtlsIdentity.generate(new SeededSecureRandom(2));

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS,
            new SynchronousQueue<>());
    private final Handshakes handshakes = Handshakes.inStep(threads);
    private KeyLifetime keyLifetime = KeyLifetime.DEFAULT;
    private final Homes homes = encrypted(11);

    private Homes encrypted(long seed) {
        return Homes.encrypted(seed, this::encryption);
    }

    private Encryption encryption(String name) {
        return encryption(name, true);
    }

    private Encryption encryption(String name, boolean rides) {
        return new Encryption(name.equals("alice") ? ALICE : BOB, new SeededSecureRandom(name.hashCode()), rides, keyLifetime,
                handshakes, session -> { });
    }

    /** Milliseconds until the first encrypted byte of either application is at the other. */
    private static long firstByte(Homes two, Duration warm) {
        two.alice.start(two.stunServers, List.of());
        two.bob.start(two.stunServers, List.of());
        two.net.runFor(warm);
        long began = two.net.now();
        two.alice.connect(two.bob);
        two.bob.connect(two.alice);
        boolean[] sent = new boolean[2];
        assertThat(two.net.runUntil(() -> {
            if (two.alice.isConnected() && !sent[0]) {
                sent[0] = true;
                two.alice.send("from alice");
            }
            if (two.bob.isConnected() && !sent[1]) {
                sent[1] = true;
                two.bob.send("from bob");
            }
            return !two.alice.received.isEmpty() || !two.bob.received.isEmpty();
        }, ofSeconds(5))).as(() -> two.net.trace().toString()).isTrue();
        long at = two.net.now() - began;
        two.close();
        return at / 1_000_000;
    }

    @Test
    void theFirstEncryptedByteComesFiveWaysAfterTheStart() {
        assertThat(firstByte(encrypted(21), ZERO)).isBetween(250L, 260L);
    }

    @Test
    void theFirstEncryptedByteComesFourWaysAfterTheStartIfCandidatesAreWarm() {
        assertThat(firstByte(encrypted(22), ofSeconds(2))).isBetween(200L, 210L);
    }

    @Test
    void aPeerWhoseHandshakeDoesNotRideIsConnectedALittleLater() {
        long riding = firstByte(Homes.encrypted(23, name -> encryption(name, true)), ZERO);
        for (String walks : new String[] {"alice", "bob", "both"}) {
            Homes two = Homes.encrypted(23, name -> encryption(name, !walks.equals("both") && !walks.equals(name)));
            assertThat(firstByte(two, ZERO) - riding).as(walks + " without").isBetween(0L, 200L);
        }
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        homes.close();
        threads.shutdown();
        assertThat(threads.awaitTermination(5, TimeUnit.SECONDS)).as("a handshake's thread is left").isTrue();
    }

    private void connect(Homes two) {
        two.connect(ZERO);
        assertThat(two.net.runUntil(two::bothConnected, ofSeconds(15)))
                .as(() -> two.alice.failure() + " " + two.bob.failure() + "\n" + two.net.trace()).isTrue();
    }

    @Test
    void eachKnowsWhoTheOtherIsBeforeDataGoesBothWays() {
        connect(homes);
        assertThat(homes.alice.peer()).isEqualTo(BOB.certificate());
        assertThat(homes.bob.peer()).isEqualTo(ALICE.certificate());
        homes.bothCanTalk();
    }

    @Test
    void aRestartAndAnotherPathKeepTheKeys() {
        connect(homes);
        homes.net.runFor(ofSeconds(2));
        homes.bob.restart();
        for (int i = 0; i < 20; i++) {
            homes.alice.send("n" + i);
            homes.net.runFor(ofMillis(20));
        }
        homes.net.runFor(ofSeconds(1));
        assertThat(homes.bob.received).hasSize(20).doesNotHaveDuplicates();
        homes.natA.reboot();
        homes.natA.readdress("198.51.100.7");
        assertThat(homes.net.runUntil(() -> homes.bob.events.stream()
                .anyMatch(event -> event instanceof SessionEvent.PathChanged), ofSeconds(60))).isTrue();
        homes.net.runFor(ofSeconds(5));
        homes.bothCanTalk();
        assertThat(threads.getTaskCount()).as("one handshake each").isEqualTo(2);
    }

    @Test
    void keysThatAreWornOutAreExchangedWhilePathsChangeAndNothingIsLost() {
        keyLifetime = new KeyLifetime(100, Long.MAX_VALUE, ofSeconds(3600).toNanos());
        Homes two = encrypted(17);
        connect(two);
        long handshakesBefore = threads.getTaskCount();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            if (i == 300) {
                two.bob.restart();
            }
            expected.add("n" + i);
            two.alice.send("n" + i);
            two.net.runFor(ofMillis(20));
        }
        two.net.runFor(ofSeconds(1));
        assertThat(two.bob.received).isEqualTo(expected);
        assertThat(threads.getTaskCount() - handshakesBefore).as("handshakes").isGreaterThanOrEqualTo(10);
        two.close();
    }

    @Test
    void aForeignPeerIsNotAskedForOtherKeys() {
        keyLifetime = new KeyLifetime(10, Long.MAX_VALUE, ofSeconds(1).toNanos());
        Homes two = encrypted(18);
        two.alice.settings(SessionSettings.DEFAULT.withRole(IceRole.CONTROLLING));
        two.bob.settings(SessionSettings.DEFAULT.withRole(IceRole.CONTROLLED));
        two.alice.signaling(ZERO, EncryptedSessionTest::standard);
        two.bob.signaling(ZERO, EncryptedSessionTest::standard);
        connect(two);
        for (int i = 0; i < 100; i++) {
            two.alice.send("n" + i);
            two.net.runFor(ofMillis(50));
        }
        assertThat(two.bob.received).hasSizeGreaterThan(98);
        assertThat(threads.getTaskCount()).as("one handshake each").isEqualTo(2);
        two.close();
    }

    @Test
    void aWrongFingerprintIsRefusedByTheSideThatSeesIt() {
        for (boolean alices : new boolean[] {true, false}) {
            Homes two = encrypted(12);
            DtlsFingerprint wrong = DtlsFingerprint.of(new byte[1]);
            VirtualPeer liar = alices ? two.alice : two.bob;
            VirtualPeer other = alices ? two.bob : two.alice;
            DtlsIdentity real = alices ? ALICE : BOB;
            liar.signaling(ZERO, text -> text.replace(real.fingerprint().hash(), wrong.hash()));
            two.connect(ZERO);
            two.net.runUntil(() -> two.alice.failure() != null && two.bob.failure() != null, ofSeconds(15));
            assertThat(other.failure()).isEqualTo(SessionFailure.IDENTITY_REFUSED);
            assertThat(liar.failure()).isEqualTo(SessionFailure.IDENTITY_REFUSED_BY_PEER);
            assertThat(liar.isConnected() || other.isConnected()).isFalse();
            two.close();
        }
    }

    /** As two foreign peers have it, of which each knows its role in ICE and hears no more than the standards say. */
    @Test
    void withFixedRolesTheControlledSideSpeaksFirstWhateverBothOffer() {
        for (String offer : new String[] {"a=setup:active", "a=setup:actpass"}) {
            Homes two = encrypted(15);
            two.alice.settings(SessionSettings.DEFAULT.withRole(IceRole.CONTROLLING));
            two.bob.settings(SessionSettings.DEFAULT.withRole(IceRole.CONTROLLED));
            two.alice.signaling(ZERO, EncryptedSessionTest::standard);
            List<String> setups = new ArrayList<>();
            two.bob.signaling(ZERO, text -> {
                text.lines().filter(line -> line.startsWith("a=setup:")).forEach(setups::add);
                return standard(text).replace("a=setup:active", offer);
            });
            connect(two);
            two.bothCanTalk();
            assertThat(setups).as("the answer is active from the first words on").containsOnly("a=setup:active");
            two.close();
        }
    }

    @Test
    void aPeerThatWantsToBeSpokenToIsSpokenTo() {
        Homes two = encrypted(16);
        two.alice.settings(SessionSettings.DEFAULT.withRole(IceRole.CONTROLLING));
        two.bob.settings(SessionSettings.DEFAULT.withRole(IceRole.CONTROLLED));
        two.alice.signaling(ZERO, text -> standard(text).replaceAll("a=setup:a[a-z]+", "a=setup:active"));
        two.bob.signaling(ZERO, text -> standard(text).replaceAll("a=setup:[a-z]+", "a=setup:passive"));
        connect(two);
        two.bothCanTalk();
        two.close();
    }

    private static String standard(String text) {
        return text.replaceAll("a=natconnector:[^\r]*\r\n", "");
    }

    @Test
    void whenOneSideAloneEncryptsBothFailWithAdvice() {
        Homes two = Homes.encrypted(13, name -> name.equals("alice") ? encryption(name) : null);
        two.connect(ZERO);
        two.net.runFor(ofSeconds(1));
        assertThat(two.alice.failure()).isEqualTo(SessionFailure.ENCRYPTION_MISMATCH);
        assertThat(two.bob.failure()).isEqualTo(SessionFailure.ENCRYPTION_MISMATCH);
        assertThat(two.alice.failure().advice()).contains("plaintext()");
        two.close();
    }

    @Test
    void withTenPercentLossItIsConnectedSoon() {
        List<Long> times = new ArrayList<>();
        for (int seed = 1; seed <= 60; seed++) {
            Homes two = encrypted(seed).loss(0.1);
            connect(two);
            times.add(two.bothConnectedAt() / 1_000_000);
            two.close();
        }
        times.sort(null);
        System.out.println("encrypted, 10 % loss: median " + times.get(30) + " ms, p90 " + times.get(54) + " ms, worst "
                + times.get(59) + " ms");
        assertThat(times.get(30)).isLessThanOrEqualTo(600);
    }

    @Test
    void closingTellsTheOtherSideEvenIfSignallingIsDead() {
        connect(homes);
        homes.alice.signaling(ZERO, text -> null);
        homes.alice.host.mutate(homes.alice.endpoint, now -> homes.alice.endpoint.close(homes.alice.session(), now));
        homes.net.runFor(ofMillis(100));
        assertThat(homes.bob.failure()).isEqualTo(SessionFailure.CLOSED_BY_PEER);
    }

    @Test
    void aPeerThatGoesSilentInTheHandshakeIsGivenUp() {
        homes.connect(ZERO);
        homes.net.runUntil(() -> homes.alice.path() != null && homes.bob.path() != null, ofSeconds(5));
        homes.natA.uplink().cut();
        homes.net.runFor(ofSeconds(60));
        assertThat(homes.alice.failure()).isIn(SessionFailure.ENCRYPTION_FAILED, SessionFailure.NO_PATH);
        assertThat(homes.bob.failure()).isIn(SessionFailure.ENCRYPTION_FAILED, SessionFailure.NO_PATH);
    }

    @Test
    void plaintextHomesStayAsTheyWere() {
        Homes two = Homes.behind(14, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED);
        connect(two);
        two.bothCanTalk();
        assertThat(two.alice.peer()).isNull();
        two.close();
    }
}
