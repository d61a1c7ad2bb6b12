package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.SERVER;
import static io.natconnector.relay.RelayBench.code;
import static io.natconnector.relay.RelayBench.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.Transport;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TCP allocations (RFC 6062): connections to peers and from them, and what strangers and slow readers cost. */
@ExtendWith(NoLeaks.class)
class TcpRelayTest {
    private static final InetSocketAddress PEER = RelayBench.address("192.0.2.9", 80);

    private final RelayBench bench = new RelayBench(config -> config.listen(Transport.TCP, SERVER).peersPerAllocation(4, 2));
    private final RelayBench.Asker alice = bench.connected("198.51.100.20", 5000, "alice", "secret");

    @AfterEach
    void close() {
        bench.close();
    }

    private static StunMessage allocate(RelayBench.Asker asker) {
        StunMessage answer = asker.ask(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 6));
        asker.relayed = answer.get(StunAttribute.XOR_RELAYED_ADDRESS);
        return answer;
    }

    private static StunMessage connect(RelayBench.Asker asker, InetSocketAddress peer) {
        return asker.ask(StunMethod.CONNECT, writer -> writer.put(StunAttribute.XOR_PEER_ADDRESS, peer));
    }

    private static StunMessage bind(RelayBench.Asker asker, int id) {
        return asker.ask(StunMethod.CONNECTION_BIND, writer -> writer.put(StunAttribute.CONNECTION_ID, id));
    }

    private FiveTuple toPeer(InetSocketAddress peer) {
        return new FiveTuple(Transport.TCP, alice.relayed, peer);
    }

    /** The number of a connection to the peer, as the answer to Connect tells. */
    private int connected(InetSocketAddress peer) {
        assertThat(connect(alice, peer)).as("answered once the peer is there").isNull();
        SocketRequest request = bench.connections.get(bench.connections.size() - 1);
        assertThat(request).isEqualTo(SocketRequest.connectRaw(alice.relayed, peer));
        List<Datagram> sent = bench.tell(() -> bench.server.connectionOpened(request, toPeer(peer), bench.now));
        StunMessage answer = StunMessage.parse(sent.get(0).payload());
        assertThat(answer.is(StunMethod.CONNECT, StunClass.SUCCESS)).isTrue();
        assertThat(answer.hasIntegrity() || answer.hasIntegritySha256()).isTrue();
        return answer.get(StunAttribute.CONNECTION_ID);
    }

    private RelayBench.Asker bound(int id) {
        RelayBench.Asker data = bench.connected("198.51.100.20", 5001, "alice", "secret");
        assertThat(code(bind(data, id))).isZero();
        return data;
    }

    private List<Datagram> fromPeer(InetSocketAddress peer, String bytes) {
        return bench.deliver(new Datagram(Transport.TCP, peer, alice.relayed, text(bytes)));
    }

    private List<Datagram> fromClient(RelayBench.Asker data, String bytes) {
        return bench.deliver(new Datagram(Transport.TCP, data.address, SERVER, text(bytes)));
    }

    @Test
    void carriesBytesBetweenAPeerThatItConnectedToAndTheClient() {
        assertThat(code(allocate(alice))).isZero();
        int id = connected(PEER);
        bench.connections.clear();
        RelayBench.Asker data = bound(id);
        assertThat(bench.connections).containsExactly(SocketRequest.raw(data.connection()), SocketRequest.resume(toPeer(PEER)));

        Datagram there = fromClient(data, "GET / HTTP/1.1\r\n\r\n").get(0);
        assertThat(FiveTuple.of(there.reply(there.payload()))).isEqualTo(toPeer(PEER));
        assertThat(there.payload().toString(UTF_8)).isEqualTo("GET / HTTP/1.1\r\n\r\n");
        Datagram back = fromPeer(PEER, "\u0000\u0001").get(0);
        assertThat(back.to()).isEqualTo(data.address);
        assertThat(back.payload().readableBytes()).isEqualTo(2);
        assertThat(bench.server.statistics().bytesToPeers()).isEqualTo(18);
    }

    @Test
    void tellsThatAPeerHasComeWhomTheClientPermitted() {
        allocate(alice);
        alice.permit(PEER);
        Datagram attempt = bench.tell(() -> bench.server.connectionAccepted(toPeer(PEER), bench.now)).get(0);
        StunMessage indication = StunMessage.parse(attempt.payload());
        assertThat(attempt.to()).isEqualTo(alice.address);
        assertThat(indication.is(StunMethod.CONNECTION_ATTEMPT, StunClass.INDICATION)).isTrue();
        assertThat(indication.get(StunAttribute.XOR_PEER_ADDRESS)).isEqualTo(PEER);

        RelayBench.Asker data = bound(indication.get(StunAttribute.CONNECTION_ID));
        assertThat(fromPeer(PEER, "hello").get(0).to()).isEqualTo(data.address);
    }

    /** Not even that he knocked is told. */
    @Test
    void closesTheConnectionOfAPeerWhomNobodyPermitted() {
        allocate(alice);
        assertThat(bench.tell(() -> bench.server.connectionAccepted(toPeer(PEER), bench.now))).isEmpty();
        assertThat(bench.connections).containsExactly(SocketRequest.close(toPeer(PEER)));
        alice.permit(PEER);
        bench.pass(ofSeconds(301));
        assertThat(bench.tell(() -> bench.server.connectionAccepted(toPeer(PEER), bench.now))).as("expired").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "203.0.113.10"})
    void connectsToNoPeerThatIsForbidden(String ip) {
        allocate(alice);
        assertThat(code(connect(alice, RelayBench.address(ip, 3478)))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(bench.connections).as("no SYN").isEmpty();
    }

    @Test
    void refusesConnectsThatMakeNoSense() {
        allocate(alice);
        assertThat(code(alice.ask(StunMethod.CONNECT, RelayBench.NOTHING))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(connect(alice, RelayBench.address("2600::7", 80)))).isEqualTo(ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH);
        connected(PEER);
        assertThat(code(connect(alice, PEER))).isEqualTo(ErrorCode.CONNECTION_ALREADY_EXISTS);
        assertThat(code(alice.bind(0x4000, PEER))).as("no channels of TCP").isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(alice.send("x", PEER)).as("no datagrams").isEmpty();
        assertThat(code(connect(bench.connected("198.51.100.21", 5000, "alice", "secret"), PEER)))
                .as("without an allocation").isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
    }

    @Test
    void tellsThatThePeerDidNotAnswer() {
        allocate(alice);
        connect(alice, PEER);
        SocketRequest request = bench.connections.get(0);
        List<Datagram> sent = bench.tell(() -> bench.server.connectionFailed(request, "refused", bench.now));
        assertThat(code(StunMessage.parse(sent.get(0).payload()))).isEqualTo(ErrorCode.CONNECTION_TIMEOUT_OR_FAILURE);
        connected(PEER);
    }

    @Test
    void hasAnEndOfConnections() {
        allocate(alice);
        connected(PEER);
        connected(RelayBench.address("192.0.2.9", 81));
        assertThat(code(connect(alice, RelayBench.address("192.0.2.9", 82)))).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
        alice.permit(PEER);
        bench.connections.clear();
        FiveTuple third = toPeer(RelayBench.address("192.0.2.9", 5555));
        assertThat(bench.tell(() -> bench.server.connectionAccepted(third, bench.now))).isEmpty();
        assertThat(bench.connections).containsExactly(SocketRequest.close(third));
    }

    @Test
    void doesNotWaitForLongForTheClientsConnection() {
        allocate(alice);
        int id = connected(PEER);
        bench.connections.clear();
        bench.pass(ofSeconds(30));
        assertThat(bench.connections).containsExactly(SocketRequest.close(toPeer(PEER)));
        assertThat(code(bind(bench.connected("198.51.100.20", 5001, "alice", "secret"), id))).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void givesAConnectionToItsOwnerAlone() {
        allocate(alice);
        int id = connected(PEER);
        RelayBench.Asker bob = bench.connected("198.51.100.66", 5000, "bob", "hidden");
        assertThat(code(bind(bob, id))).isEqualTo(ErrorCode.BAD_REQUEST);
        RelayBench.Asker thief = bench.connected("198.51.100.66", 5001, "alice", "guess");
        assertThat(code(bind(thief, id))).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(code(bind(alice, id))).as("the connection that the allocation is on").isEqualTo(ErrorCode.BAD_REQUEST);
        bound(id);
        assertThat(code(bind(bench.connected("198.51.100.20", 5002, "alice", "secret"), id))).as("it has one")
                .isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void knowsNoConnectionsOverUdp() {
        RelayBench.Asker udp = bench.asker("198.51.100.20");
        udp.login();
        assertThat(code(udp.once(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 6))))
                .isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(bind(udp, 1))).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void relaysNoConnectionsWhereItIsTold() {
        try (RelayBench without = new RelayBench(config -> config.listen(Transport.TCP, SERVER).tcpRelay(false))) {
            RelayBench.Asker asker = without.connected("198.51.100.20", 5000, "alice", "secret");
            assertThat(code(asker.ask(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 6))))
                    .isEqualTo(ErrorCode.UNSUPPORTED_TRANSPORT);
            assertThat(code(asker.once(StunMethod.CONNECT, RelayBench.NOTHING))).isEqualTo(ErrorCode.BAD_REQUEST);
        }
    }

    @Test
    void endsOneSideWithTheOther() {
        allocate(alice);
        RelayBench.Asker data = bound(connected(PEER));
        bench.connections.clear();
        bench.tell(() -> bench.server.connectionClosed(toPeer(PEER), bench.now));
        assertThat(bench.connections).containsExactly(SocketRequest.close(data.connection()));
        bench.tell(() -> bench.server.connectionClosed(data.connection(), bench.now));
        connected(PEER);
    }

    @Test
    void endsEverythingWithTheClientsConnection() {
        allocate(alice);
        RelayBench.Asker data = bound(connected(PEER));
        connect(alice, RelayBench.address("192.0.2.10", 80));
        SocketRequest late = bench.connections.get(bench.connections.size() - 1);
        bench.connections.clear();
        bench.tell(() -> bench.server.connectionClosed(alice.connection(), bench.now));
        assertThat(bench.connections).containsExactlyInAnyOrder(SocketRequest.close(data.connection()),
                SocketRequest.close(toPeer(PEER)));
        bench.connections.clear();

        bench.tell(() -> bench.server.connectionClosed(data.connection(), bench.now));

        FiveTuple tooLate = toPeer(RelayBench.address("192.0.2.10", 80));
        assertThat(bench.tell(() -> bench.server.connectionOpened(late, tooLate, bench.now))).isEmpty();
        assertThat(bench.connections).containsExactly(SocketRequest.close(tooLate));
        assertThat(bench.server.remains()).isZero();
    }

    /** What the peer sends faster than the client reads stays in the network. */
    @Test
    void readsFromOneSideNoFasterThanTheOtherTakes() {
        allocate(alice);
        RelayBench.Asker data = bound(connected(PEER));
        bench.connections.clear();
        bench.tell(() -> bench.server.connectionWritable(data.connection(), false, bench.now));
        assertThat(bench.connections).containsExactly(SocketRequest.pause(toPeer(PEER)));
        bench.tell(() -> bench.server.connectionWritable(data.connection(), true, bench.now));
        bench.tell(() -> bench.server.connectionWritable(toPeer(PEER), false, bench.now));
        assertThat(bench.connections).containsExactly(SocketRequest.pause(toPeer(PEER)), SocketRequest.resume(toPeer(PEER)),
                SocketRequest.pause(data.connection()));
    }

    @Test
    void keepsAnAllocationToItsRateByReadingLater() {
        try (RelayBench slow = new RelayBench(config -> config.listen(Transport.TCP, SERVER).bytesPerSecond(1000))) {
            RelayBench.Asker asker = slow.connected("198.51.100.20", 5000, "alice", "secret");
            allocate(asker);
            connect(asker, PEER);
            FiveTuple outer = new FiveTuple(Transport.TCP, asker.relayed, PEER);
            SocketRequest request = slow.connections.get(0);
            Datagram answer = slow.tell(() -> slow.server.connectionOpened(request, outer, slow.now)).get(0);
            RelayBench.Asker data = slow.connected("198.51.100.20", 5001, "alice", "secret");
            bind(data, StunMessage.parse(answer.payload()).get(StunAttribute.CONNECTION_ID));
            slow.connections.clear();

            assertThat(slow.deliver(new Datagram(Transport.TCP, PEER, asker.relayed, text("x".repeat(1500))))).hasSize(1);
            assertThat(slow.connections).containsExactly(SocketRequest.pause(outer), SocketRequest.pause(data.connection()));
            slow.connections.clear();
            slow.pass(ofMillis(490));
            assertThat(slow.connections).isEmpty();
            slow.pass(ofMillis(20));
            assertThat(slow.connections).containsExactly(SocketRequest.resume(outer), SocketRequest.resume(data.connection()));
        }
    }

    /** Two clients of one relay, each at a relayed address of their own. */
    @Test
    void connectsTwoOfItsAllocationsWithEachOther() {
        allocate(alice);
        RelayBench.Asker bob = bench.connected("198.51.100.30", 5000, "bob", "hidden");
        allocate(bob);
        assertThat(connect(alice, bob.relayed)).isNull();
        assertThat(bench.connections).containsExactly(SocketRequest.connectRaw(alice.relayed, bob.relayed));
        FiveTuple there = new FiveTuple(Transport.TCP, bob.relayed, alice.relayed);
        assertThat(bench.tell(() -> bench.server.connectionAccepted(there, bench.now))).as("not permitted").isEmpty();
        bob.permit(alice.relayed);
        assertThat(bench.tell(() -> bench.server.connectionAccepted(there, bench.now))).hasSize(1);
    }
}
