package io.natconnector;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static io.netty.buffer.Unpooled.wrappedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.NatException.Reason;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EncryptedConnectorTest {
    private final PostOffice office = new PostOffice();
    private final Connectors connectors = new Connectors(office);

    @AfterEach
    void close() {
        connectors.close();
    }

    private ConnectorBuilder builder(String name) {
        return Connector.builder().name(name).signaling(office.counter()).bind(InetAddress.getLoopbackAddress());
    }

    @Test
    void whatIsNotToldOtherwiseIsEncryptedAndEachKnowsTheOther() throws Exception {
        Connector alice = connectors.track(builder("alice"));
        Connector bob = connectors.track(builder("bob"));
        BlockingQueue<PeerChannel> accepted = new LinkedBlockingQueue<>();
        bob.listen(channel -> {
            channel.pipeline().addLast(new EchoHandler());
            accepted.add(channel);
        });
        Received received = new Received();

        PeerChannel channel = alice.connect("bob", received).get(10, SECONDS);
        channel.writeAndFlush(copiedBuffer("hello", UTF_8)).get(5, SECONDS);

        assertThat(received.next()).isEqualTo("hello");
        assertThat(channel.identity().fingerprint()).startsWith("sha-256 ");
        assertThat(channel.cipher()).isEqualTo("AES-128-GCM");
        assertThat(accepted.remove().identity()).isNotNull().isNotEqualTo(channel.identity());
    }

    @Test
    void aPeerThatKeepsItsKeyIsKnownAgain() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        List<PeerIdentity> met = new ArrayList<>();
        Connector alice = connectors.track(builder("alice"));
        for (int i = 0; i < 2; i++) {
            Connector bob = builder("bob").identity(keys).build();
            bob.listen(channel -> { });
            PeerChannel channel = alice.connect("bob").get(10, SECONDS);
            met.add(channel.identity());
            bob.close();
            channel.closeFuture().get(5, SECONDS);
        }
        assertThat(met.get(0)).isEqualTo(met.get(1));
        assertThat(met.get(0).certificate().getPublicKey()).isEqualTo(keys.getPublic());
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    @Test
    void aPeerWithAnotherKeyThanBeforeIsRefusedBeforeAnythingPasses() throws Exception {
        Connector alice = connectors.track(builder("alice").knownPeers(KnownPeers.firstUse()));
        Connector real = builder("bob").identity(keys()).build();
        real.listen(channel -> { });
        PeerChannel first = alice.connect("bob").get(10, SECONDS);
        real.close();
        first.closeFuture().get(5, SECONDS);
        connectors.track(builder("bob").identity(keys())).listen(channel -> { });

        assertThatThrownBy(() -> alice.connect("bob").get(10, SECONDS)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(NatException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.IDENTITY_UNTRUSTED));
    }

    @Test
    void aStrangerWhoIsNotKnownIsNotLetIn() throws Exception {
        BlockingQueue<PeerChannel> accepted = new LinkedBlockingQueue<>();
        connectors.track(builder("alice").knownPeers(KnownPeers.only(Map.of()))).listen(accepted::add);
        Connector bob = connectors.track(builder("bob"));

        // Bob may have been told that he is connected before Alice has decided
        Reason reason = bob.connect("alice").handle((channel, failure) -> failure == null ? endOf(channel)
                : CompletableFuture.completedFuture(((NatException) failure).reason())).get(10, SECONDS).get(10, SECONDS);

        assertThat(reason).isEqualTo(Reason.CLOSED_BY_PEER);
        assertThat(accepted).isEmpty();
    }

    private static CompletableFuture<Reason> endOf(PeerChannel channel) {
        CompletableFuture<Reason> end = new CompletableFuture<>();
        channel.closeFuture().addListener(closed -> end.complete(channel.cause().reason()));
        return end;
    }

    @Test
    void whenOneSideAloneEncryptsTheFutureSaysWhatToDo() {
        Connector alice = connectors.track(builder("alice"));
        Connector bob = connectors.track(builder("bob").plaintext());
        bob.listen(channel -> { });

        assertThatThrownBy(() -> alice.connect("bob").get(10, SECONDS)).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOfSatisfying(NatException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.ENCRYPTION_MISMATCH))
                .hasMessageContaining("plaintext()");
    }

    @Test
    void aDatagramThatDoesNotFitFailsItsPromise() throws Exception {
        Connector alice = connectors.track(builder("alice"));
        Connector bob = connectors.track(builder("bob"));
        bob.listen(channel -> { });
        PeerChannel channel = alice.connect("bob").get(10, SECONDS);

        assertThatThrownBy(() -> channel.writeAndFlush(wrappedBuffer(new byte[PeerChannel.MAX_ENCRYPTED_DATAGRAM + 1]))
                .get(5, SECONDS)).hasMessageContaining("16384");
        channel.writeAndFlush(wrappedBuffer(new byte[PeerChannel.MAX_ENCRYPTED_DATAGRAM])).get(5, SECONDS);
    }

    @Test
    void manyHandshakesAtATimeAllEnd() throws Exception {
        Connector hub = connectors.track(builder("hub"));
        hub.listen(channel -> channel.pipeline().addLast(new EchoHandler()));
        List<CompletableFuture<PeerChannel>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(connectors.track(builder("peer" + i)).connect("hub"));
        }
        for (CompletableFuture<PeerChannel> one : all) {
            assertThat(one.get(20, SECONDS).isActive()).isTrue();
        }
    }
}
