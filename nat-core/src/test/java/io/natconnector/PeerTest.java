package io.natconnector;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PeerTest {
    private final Connectors connectors = new Connectors(new PostOffice());
    private final Connector here = mute();
    private final Connector there = mute();

    @AfterEach
    void close() {
        connectors.close();
    }

    private Connector mute() {
        return connectors.track(Connector.builder().bind(InetAddress.getLoopbackAddress()).plaintext());
    }

    @Test
    void wordsCarriedByHandConnect() throws Exception {
        AtomicReference<Peer> bob = new AtomicReference<>();
        Peer alice = there.peer(words -> bob.get().receive(words));
        bob.set(here.peer(alice::receive));
        Received received = new Received();

        CompletableFuture<PeerChannel> one = bob.get().connect();
        CompletableFuture<PeerChannel> other = alice.handler(received).connect();
        one.get(5, SECONDS).writeAndFlush(copiedBuffer("hello", UTF_8));

        assertThat(received.next()).isEqualTo("hello");
        assertThat(one.get().isInitiator()).isNotEqualTo(other.get(5, SECONDS).isInitiator());
        assertThat(bob.get().report().connectedAfter()).isPresent();
    }

    @Test
    void aPeerThatTellsItsNameInTheLocalNetworkIsFoundThere() throws Exception {
        String name = "7a1c9bc2-0d4e-4b1e-9a55-111111111111.local";
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Connector browser = connectors.track(Connector.builder().bind(loopback).plaintext()
                .localNameLookup((asked, local) -> asked.equals(name) ? List.of(loopback) : List.of()));
        AtomicReference<Peer> bob = new AtomicReference<>();
        Peer alice = browser.peer(words -> bob.get().receive(words.replaceAll("candidate:.*", "x:y")));
        bob.set(here.peer(words -> alice.receive(words.replace(" 127.0.0.1 ", " " + name + " "))));

        CompletableFuture<PeerChannel> one = bob.get().connect();
        alice.connect().get(5, SECONDS);

        assertThat(one.get(5, SECONDS).path().isRelayed()).isFalse();
        assertThat(alice.report().remote()).anyMatch(candidate -> candidate.kind() == Path.Kind.HOST);
    }

    @Test
    void aPeerThatHidesItsAddressesTellsNamesAlone() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Connector shy = connectors.track(Connector.builder().bind(loopback).plaintext().hideLocalAddresses());
        LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
        AtomicReference<Peer> bob = new AtomicReference<>();
        Peer alice = shy.peer(words -> {
            told.add(words);
            bob.get().receive(words);
        });
        bob.set(here.peer(alice::receive));

        CompletableFuture<PeerChannel> one = bob.get().connect();
        alice.connect().get(5, SECONDS);                      // her checks show where she is to whom she sends them

        assertThat(one.get(5, SECONDS).path().isRelayed()).isFalse();
        assertThat(told).isNotEmpty().noneMatch(words -> words.contains("127.0.0.1"))
                .anyMatch(words -> words.contains(".local "));
    }

    @Test
    void wordsThatComeTwiceAndInReverseOrderConnect() throws Exception {
        LinkedBlockingQueue<String> toAlice = new LinkedBlockingQueue<>();
        LinkedBlockingQueue<String> toBob = new LinkedBlockingQueue<>();
        Peer bob = here.peer(toBob::add);
        Peer alice = there.peer(toAlice::add);

        CompletableFuture<PeerChannel> one = bob.connect();
        CompletableFuture<PeerChannel> other = alice.connect();
        while (!one.isDone() || !other.isDone()) {
            handOver(toBob, alice);
            handOver(toAlice, bob);
        }

        assertThat(one.get().isActive()).isTrue();
        assertThat(other.get().isActive()).isTrue();
    }

    /** All that is there, twice, newest first. */
    private static void handOver(LinkedBlockingQueue<String> mailbox, Peer peer) throws InterruptedException {
        List<String> words = new ArrayList<>();
        String first = mailbox.poll(20, java.util.concurrent.TimeUnit.MILLISECONDS);
        if (first != null) {
            words.add(first);
            mailbox.drainTo(words);
            words.addAll(words);
            Collections.reverse(words);
            words.forEach(peer::receive);
        }
    }

    @Test
    void wordsThatComeBeforeTheWishToConnectAreNotLost() throws Exception {
        AtomicReference<Peer> bob = new AtomicReference<>();
        Peer alice = there.peer(words -> bob.get().receive(words));
        CompletableFuture<String> firstWords = new CompletableFuture<>();
        bob.set(here.peer(words -> {
            firstWords.complete(words);
            alice.receive(words);
        }));

        CompletableFuture<PeerChannel> one = bob.get().connect();
        firstWords.get(5, SECONDS);
        CompletableFuture<PeerChannel> other = alice.connect();

        assertThat(one.get(5, SECONDS).isActive()).isTrue();
        assertThat(other.get(5, SECONDS).isActive()).isTrue();
    }

    @Test
    void peersCanConnectAgainAfterOneHasClosed() throws Exception {
        AtomicReference<Peer> bob = new AtomicReference<>();
        Peer alice = there.peer(words -> bob.get().receive(words));
        bob.set(here.peer(alice::receive));
        CompletableFuture<PeerChannel> one = bob.get().connect();
        PeerChannel before = alice.connect().get(5, SECONDS);
        one.get(5, SECONDS).close();
        before.closeFuture().get(5, SECONDS);

        CompletableFuture<PeerChannel> again = bob.get().connect();
        PeerChannel after = alice.connect().get(5, SECONDS);

        assertThat(again.get(5, SECONDS)).isNotSameAs(one.get());
        assertThat(after.isActive()).isTrue();
    }

    @Test
    void rolesCanBeFixed() throws Exception {
        AtomicReference<Peer> bob = new AtomicReference<>();
        Peer alice = there.peer(words -> bob.get().receive(words)).role(Role.CONTROLLED);
        bob.set(here.peer(alice::receive).role(Role.CONTROLLING));

        CompletableFuture<PeerChannel> one = bob.get().connect();
        CompletableFuture<PeerChannel> other = alice.connect();

        assertThat(one.get(5, SECONDS).isInitiator()).isTrue();
        assertThat(other.get(5, SECONDS).isInitiator()).isFalse();
    }

    @Test
    void malformedWordsAreRefusedToTheCaller() {
        Peer bob = here.peer(words -> { });

        assertThatThrownBy(() -> bob.receive("hello")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected").hasMessageContaining("a=ice-ufrag");
    }

    @Test
    void aCarrierThatThrowsIsContained() throws Exception {
        Peer bob = here.peer(words -> {
            throw new IllegalStateException("thrown on purpose by a test");
        });

        CompletableFuture<PeerChannel> connecting = bob.connect();
        bob.close();

        assertThat(connecting).failsWithin(java.time.Duration.ofSeconds(5));
        assertThat(here.statistics().sessions()).isZero();
    }
}
