package io.natconnector.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections between hosts: what arrives, when, and what ends them. */
@ExtendWith(VirtualInternetExtension.class)
class StreamTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("203.0.113.10", 3478);

    private final Talker client = new Talker();
    private final Talker server = new Talker();
    private VirtualInternet net;
    private Host alice;
    private Nat nat;
    private Host relay;

    @BeforeEach
    void stage(VirtualInternet net) {
        this.net = net;
        nat = net.nat("nat", "198.51.100.1").profile(NatProfile.SYMMETRIC_RANDOM.withUdpBlocked(true));
        alice = net.host("alice", "10.0.1.2").behind(nat);
        alice.access().delay(ofMillis(25));
        relay = net.host("relay", SERVER.getAddress().getHostAddress());
        alice.run(client);
        relay.run(server);
    }

    private void listen(Transport transport, boolean raw) {
        relay.mutate(server, now -> server.requests.add(
                new SocketRequest(SocketRequest.Kind.OPEN, transport, SERVER, null, raw, null)));
    }

    private void connect(Transport transport) {
        InetSocketAddress local = new InetSocketAddress(alice.address(), 0);
        alice.mutate(client, now -> client.requests.add(SocketRequest.connect(transport, local, SERVER, null)));
    }

    private void send(Host host, Talker talker, String text) {
        host.mutate(talker, now -> talker.transmits.add(talker.open.get(0).send(Unpooled.copiedBuffer(text, UTF_8))));
    }

    @Test
    void passesWhereUdpIsBlockedAndStandsAfterOneRoundTrip() {
        listen(Transport.TCP, false);
        connect(Transport.TCP);

        assertThat(net.runUntil(() -> !client.open.isEmpty(), ofSeconds(1))).isTrue();
        assertThat(net.now()).isEqualTo(ofMillis(50).toNanos());
        net.runFor(ofMillis(25));
        assertThat(server.open).singleElement().satisfies(tuple -> {
            assertThat(tuple.local()).isEqualTo(SERVER);
            assertThat(tuple.remote().getAddress()).isEqualTo(nat.addresses().get(0));
        });
    }

    @Test
    void tlsTakesOneRoundTripMore() {
        listen(Transport.TLS, false);
        connect(Transport.TLS);

        assertThat(net.runUntil(() -> !client.open.isEmpty(), ofSeconds(1))).isTrue();
        assertThat(net.now()).isEqualTo(ofMillis(100).toNanos());
    }

    @Test
    void messagesArriveOnceAndInTheirOrderWhateverTheNetworkDoes() {
        listen(Transport.TCP, false);
        connect(Transport.TCP);
        net.runFor(ofSeconds(1));
        alice.access().loss(0.3).duplication(0.2).jitter(ofMillis(40));
        List<String> sent = IntStream.range(0, 50).mapToObj(i -> "message " + i).toList();

        sent.forEach(text -> send(alice, client, text));
        sent.forEach(text -> send(relay, server, text));
        net.runFor(ofSeconds(30));

        assertThat(server.received).isEqualTo(sent);
        assertThat(client.received).isEqualTo(sent);
    }

    @Test
    void whereNobodyListensItFailsAtOnceAndWhereNobodyIsAfterTenSeconds() {
        connect(Transport.TCP);
        net.runFor(ofMillis(60));
        assertThat(client.failed).isEqualTo(1);

        alice.access().cut();
        connect(Transport.TCP);
        assertThat(net.runUntil(() -> client.failed == 2, ofSeconds(20))).isTrue();
        assertThat(net.now()).isBetween(ofSeconds(10).toNanos(), ofSeconds(20).toNanos());
    }

    @Test
    void closingDeliversWhatWasSaidBeforeAndEndsTheOtherSide() {
        listen(Transport.TCP, false);
        connect(Transport.TCP);
        net.runFor(ofSeconds(1));
        send(alice, client, "farewell");
        alice.mutate(client, now -> client.requests.add(SocketRequest.close(client.open.get(0))));
        net.runFor(ofSeconds(1));

        assertThat(server.received).containsExactly("farewell");
        assertThat(server.closed).isEqualTo(1);
        assertThat(client.closed).isEqualTo(1);
        assertThat(alice.openConnections() + relay.openConnections()).isZero();
    }

    @Test
    void aNatThatForgetsEndsTheConnection() {
        listen(Transport.TCP, false);
        connect(Transport.TCP);
        net.runFor(ofSeconds(1));
        nat.reboot();
        send(alice, client, "who am I?");
        net.runFor(ofSeconds(60));

        assertThat(server.received).isEmpty();
        assertThat(client.closed).isEqualTo(1);
        assertThat(alice.openConnections()).isZero();
    }

    @Test
    void whatIsRawFromTheStartIsHeldBackUntilItIsWanted() {
        listen(Transport.TCP, true);
        connect(Transport.TCP);
        net.runFor(ofSeconds(1));
        send(alice, client, "early");
        net.runFor(ofSeconds(1));
        assertThat(server.received).isEmpty();

        relay.mutate(server, now -> server.requests.add(SocketRequest.resume(server.open.get(0))));
        assertThat(server.received).containsExactly("early");
    }

    /** Connects, listens and talks as it is told to. */
    private static final class Talker implements SocketMachine {
        final Queue<SocketRequest> requests = new ArrayDeque<>();
        final Queue<Datagram> transmits = new ArrayDeque<>();
        final List<FiveTuple> open = new ArrayList<>();
        final List<String> received = new ArrayList<>();
        int failed;
        int closed;

        @Override
        public boolean receive(Datagram datagram, long now) {
            received.add(datagram.payload().toString(UTF_8));
            return true;
        }

        @Override
        public void socketOpened(SocketRequest request, InetSocketAddress bound, long now) { }

        @Override
        public void connectionAccepted(FiveTuple connection, long now) {
            open.add(connection);
        }

        @Override
        public void connectionOpened(SocketRequest request, FiveTuple connection, long now) {
            open.add(connection);
        }

        @Override
        public void connectionFailed(SocketRequest request, String reason, long now) {
            failed++;
        }

        @Override
        public void connectionClosed(FiveTuple connection, long now) {
            closed++;
        }

        @Override
        public SocketRequest pollSocket() {
            return requests.poll();
        }

        @Override
        public Datagram pollTransmit() {
            return transmits.poll();
        }

        @Override
        public void handleTimeout(long now) { }

        @Override
        public long nextTimeout() {
            return NEVER;
        }
    }
}
