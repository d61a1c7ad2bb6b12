package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.testkit.NatProfile;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerSessionTest {
    private final Homes homes = Homes.behind(3, NatProfile.PORT_RESTRICTED, NatProfile.PORT_RESTRICTED);

    @AfterEach
    void close() {
        homes.close();
    }

    private void connect() {
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
    }

    @Test
    void dataGoesBothWays() {
        connect();
        homes.bothCanTalk();
    }

    @Test
    void exactlyOneSideIsTheInitiator() {
        connect();
        assertThat(homes.alice.session().isControlling()).isNotEqualTo(homes.bob.session().isControlling());
    }

    @Test
    void dataThatComesBeforeOurOwnCheckIsAnsweredIsNotLost() {
        homes.bob.signaling(ofMillis(30), text -> text);                // alice starts later than bob
        homes.connect(ZERO);
        homes.net.runUntil(() -> homes.bob.isConnected() || homes.alice.isConnected(), ofSeconds(5));
        VirtualPeer first = homes.bob.isConnected() ? homes.bob : homes.alice;
        VirtualPeer second = first == homes.bob ? homes.alice : homes.bob;
        assertThat(second.isConnected()).as("the other side is a little later").isFalse();
        List<String> burst = IntStream.range(0, 200).mapToObj(Integer::toString).toList();
        burst.forEach(first::send);
        homes.net.runFor(ofSeconds(1));
        assertThat(second.received).isEqualTo(burst);
        assertThat(second.events.get(0)).isInstanceOf(SessionEvent.Connected.class);
    }

    @Test
    void wordsThatGetLostAreSaidAgain() {
        SplittableRandom random = new SplittableRandom(9);
        homes.alice.signaling(ofMillis(20), text -> random.nextInt(10) < 6 ? null : text);
        homes.bob.signaling(ofMillis(20), text -> random.nextInt(10) < 6 ? null : text);
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(19))).isTrue();
    }

    @Test
    void onceConnectedNothingIsSaidAnyMore() {
        int[] said = new int[1];
        homes.alice.signaling(ofMillis(20), text -> {
            said[0]++;
            return text;
        });
        connect();
        homes.net.runFor(ofSeconds(5));
        int before = said[0];
        homes.net.runFor(ofSeconds(120));
        assertThat(said[0]).isEqualTo(before);
        assertThat(before).isLessThanOrEqualTo(6);
    }

    @Test
    void aPeerThatSaysNothingEndsTheSessionWithAdvice() {
        homes.alice.signaling(ZERO, text -> null).start(homes.stunServers, List.of()).connect(homes.bob);
        homes.net.runFor(ofSeconds(21));
        assertThat(homes.alice.failure()).isEqualTo(SessionFailure.NO_ANSWER);
        assertThat(homes.alice.endpoint.sessionCount()).isZero();
    }

    @Test
    void noPathEndsTheSessionWithAReport() {
        Homes blocked = Homes.behind(4, NatProfile.SYMMETRIC_RANDOM, NatProfile.SYMMETRIC_RANDOM).connect(ZERO);
        blocked.net.runFor(ofSeconds(21));
        assertThat(blocked.alice.failure()).isEqualTo(SessionFailure.NO_PATH);
        assertThat(blocked.alice.report().pairs()).isNotEmpty().allMatch(pair -> pair.checksSent() > 0);
        assertThat(blocked.alice.report().servers()).anyMatch(server -> server.outcome().startsWith("198.51.100.1:"));
        blocked.close();
    }

    @Test
    void aDeadStunServerDelaysNobody() {
        homes.stunServers.add(0, new java.net.InetSocketAddress("203.0.113.99", 3478));
        connect();
        assertThat(homes.bothConnectedAt() / 1e6).isLessThanOrEqualTo(160);
        assertThat(homes.alice.endpoint.isGatheringComplete()).isFalse();
        homes.net.runFor(ofSeconds(10));
        assertThat(homes.alice.endpoint.isGatheringComplete()).isTrue();
        assertThat(homes.alice.report().servers()).anyMatch(server -> server.outcome().startsWith("no answer"));
    }

    @Test
    void closingTellsTheOtherSide() {
        connect();
        homes.alice.host.mutate(homes.alice.endpoint, now -> homes.alice.endpoint.close(homes.alice.session(), now));
        homes.net.runFor(ofMillis(100));
        assertThat(homes.alice.failure()).isEqualTo(SessionFailure.CLOSED);
        assertThat(homes.bob.failure()).isEqualTo(SessionFailure.CLOSED_BY_PEER);
    }

    @Test
    void aRestartKeepsDataFlowing() {
        connect();
        homes.net.runFor(ofSeconds(2));
        homes.bob.restart();
        for (int i = 0; i < 20; i++) {
            homes.alice.send("n" + i);
            homes.net.runFor(ofMillis(20));
        }
        homes.net.runFor(ofSeconds(1));
        assertThat(homes.bob.received).hasSize(20);
        assertThat(homes.alice.events).noneMatch(event -> event instanceof SessionEvent.Interrupted);
        homes.bothCanTalk();
    }

    @Test
    void whenEveryPathIsLostANewOneIsLookedForAndFound() {
        connect();
        homes.net.runFor(ofSeconds(2));
        homes.natA.reboot();
        homes.natA.readdress("198.51.100.7");
        assertThat(homes.net.runUntil(() -> homes.bob.events.stream()
                .anyMatch(event -> event instanceof SessionEvent.PathChanged), ofSeconds(60)))
                .as(() -> homes.alice.report() + "\n" + homes.net.trace()).isTrue();
        homes.net.runFor(ofSeconds(5));
        homes.bothCanTalk();
        assertThat(homes.alice.failure()).isNull();
    }

    @Test
    void lateWordsOfOldTimesAreNotTakenForARestart() {
        String[] first = new String[1];
        homes.alice.signaling(ZERO, text -> {
            first[0] = first[0] == null ? text : first[0];
            return text;
        });
        connect();
        homes.net.runFor(ofSeconds(1));
        homes.alice.restart();
        homes.net.runFor(ofSeconds(2));
        int events = homes.bob.events.size();
        homes.bob.host.mutate(homes.bob.endpoint,
                now -> homes.bob.endpoint.hear(homes.bob.session(), Words.parse(first[0]), now));
        homes.net.runFor(ofSeconds(2));
        assertThat(homes.bob.events).hasSize(events);
        homes.bothCanTalk();
    }

    @Test
    void wordsOfAnotherSessionOfThePeerAreToldApart() {
        connect();
        String[] said = new String[1];
        VirtualPeer reborn = new VirtualPeer(homes.net, homes.net.host("alice2", "192.0.2.50"));
        reborn.signaling(ZERO, text -> {
            said[0] = text;
            return null;
        });
        reborn.start(List.of(), List.of()).connect(homes.bob);
        homes.net.runFor(ofMillis(10));
        boolean[] ours = {true};
        homes.bob.host.mutate(homes.bob.endpoint,
                now -> ours[0] = homes.bob.endpoint.hear(homes.bob.session(), Words.parse(said[0]), now));
        homes.net.runFor(ofMillis(10));
        assertThat(ours[0]).isFalse();
    }
}
