package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.SERVER;
import static io.natconnector.relay.RelayBench.address;
import static io.natconnector.relay.RelayBench.code;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What passes through the server, and what does not: RFC 8656, sections 11 and 12. */
@ExtendWith(NoLeaks.class)
class RelayedDataTest {
    private static final InetSocketAddress PEER = address("198.51.100.7", 7000);
    private static final InetSocketAddress STRANGER = address("198.51.100.66", 7000);

    private final RelayBench bench = new RelayBench();
    private final RelayBench.Asker alice = bench.asker("198.51.100.20");

    @BeforeEach
    void allocate() {
        alice.allocated();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void sendsToThePeerFromTheRelayedAddress() {
        alice.permit(PEER);

        List<Datagram> sent = alice.send("payload", PEER);

        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).from()).isEqualTo(alice.relayed);
        assertThat(sent.get(0).to()).isEqualTo(PEER);
        assertThat(sent.get(0).payload().toString(UTF_8)).isEqualTo("payload");
    }

    @Test
    void tellsTheClientWhoSentWhat() {
        alice.permit(PEER);

        List<Datagram> sent = bench.deliver(PEER, alice.relayed, RelayBench.text("back"));

        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).from()).isEqualTo(SERVER);
        assertThat(sent.get(0).to()).isEqualTo(alice.address);
        StunMessage data = StunMessage.parse(sent.get(0).payload());
        assertThat(data.method()).isEqualTo(StunMethod.DATA);
        assertThat(data.get(StunAttribute.XOR_PEER_ADDRESS)).isEqualTo(PEER);
        assertThat(data.get(StunAttribute.DATA).toString(UTF_8)).isEqualTo("back");
    }

    @Test
    void permitsAnIpAddressWhateverItsPort() {
        alice.permit(PEER);

        assertThat(bench.deliver(address("198.51.100.7", 1), alice.relayed, RelayBench.text("x"))).hasSize(1);
        assertThat(alice.send("x", address("198.51.100.7", 1))).hasSize(1);
    }

    @Test
    void dropsWhatHasNoPermission() {
        alice.permit(PEER);

        assertThat(bench.deliver(STRANGER, alice.relayed, RelayBench.text("x"))).isEmpty();
        assertThat(alice.send("x", STRANGER)).isEmpty();
        assertThat(bench.server.statistics().dropped()).isEqualTo(2);
    }

    @Test
    void sendsToTheFirstOfTwoPeersOnly() {
        alice.permit(PEER);

        assertThat(alice.send("x", STRANGER, PEER)).isEmpty();
        assertThat(alice.send("x", PEER, STRANGER)).extracting(Datagram::to).containsExactly(PEER);
    }

    @Test
    void dropsASendWithoutPeerOrToPortZero() {
        alice.permit(PEER);

        assertThat(alice.send("x")).isEmpty();
        assertThat(alice.send("x", address("198.51.100.7", 0))).isEmpty();
    }

    @Test
    void carriesChannelDataBothWays() {
        alice.bind(0x4000, PEER);

        assertThat(alice.sendOn(0x4000, "there").get(0).payload().toString(UTF_8)).isEqualTo("there");
        ByteBuf frame = bench.deliver(PEER, alice.relayed, RelayBench.text("back")).get(0).payload();
        assertThat(ChannelData.channel(frame)).isEqualTo(0x4000);
        assertThat(ChannelData.data(frame).toString(UTF_8)).isEqualTo("back");
        assertThat(frame.readableBytes()).as("no padding over UDP").isEqualTo(8);
    }

    @Test
    void forwardsChannelDataOutOfTheBufferThatItCameIn() {
        alice.bind(0x4000, PEER);
        ByteBuf frame = RelayBench.channelData(0x4000, "there");
        long memory = frame.memoryAddress();

        ByteBuf sent = bench.deliver(alice.address, SERVER, frame).get(0).payload();

        assertThat(sent.memoryAddress()).isEqualTo(memory + ChannelData.HEADER_LENGTH);
    }

    @Test
    void putsTheHeaderInFrontOfThePeersDataWhereThereIsRoom() {
        alice.bind(0x4000, PEER);
        ByteBuf roomy = ByteBufAllocator.DEFAULT.buffer().writeZero(4);
        roomy.writeCharSequence("back", UTF_8);
        roomy.skipBytes(4);
        long memory = roomy.memoryAddress();

        ByteBuf sent = bench.deliver(PEER, alice.relayed, roomy).get(0).payload();

        assertThat(sent.memoryAddress()).isEqualTo(memory);
        assertThat(ChannelData.data(sent).toString(UTF_8)).isEqualTo("back");
    }

    /** Whoever else holds the buffer may want the bytes in front of it. */
    @Test
    void copiesThePeersDataWhenSomebodyElseHoldsItToo() {
        alice.bind(0x4000, PEER);
        ByteBuf shared = ByteBufAllocator.DEFAULT.buffer().writeInt(0x01020304);
        shared.writeCharSequence("back", UTF_8);
        shared.skipBytes(4).retain();

        bench.deliver(PEER, alice.relayed, shared);

        assertThat(shared.getInt(0)).isEqualTo(0x01020304);
        shared.release();
    }

    @Test
    void leavesOutWhatStandsBehindTheDataOfAFrame() {
        alice.bind(0x4000, PEER);

        List<Datagram> sent = bench.deliver(alice.address, SERVER, RelayBench.channelData(0x4000, "abcXYZ").setShort(2, 3));

        assertThat(sent.get(0).payload().toString(UTF_8)).isEqualTo("abc");
    }

    @Test
    void dropsChannelDataThatClaimsMoreThanItHas() {
        alice.bind(0x4000, PEER);

        assertThat(bench.deliver(alice.address, SERVER, RelayBench.channelData(0x4000, "abcd").setShort(2, 400))).isEmpty();
        assertThat(bench.deliver(alice.address, SERVER, RelayBench.bytes(0x40, 0, 0))).isEmpty();
        assertThat(bench.server.statistics().malformed()).isEqualTo(2);
    }

    @Test
    void carriesAnEmptyDatagram() {
        alice.bind(0x4000, PEER);

        assertThat(alice.sendOn(0x4000, "").get(0).payload().readableBytes()).isZero();
        ByteBuf frame = bench.deliver(PEER, alice.relayed, RelayBench.text("")).get(0).payload();
        assertThat(ChannelData.data(frame).readableBytes()).isZero();
    }

    @Test
    void dropsDataOnChannelsThatAreNotBound() {
        alice.bind(0x4000, PEER);
        assertThat(alice.sendOn(0x4001, "x")).isEmpty();
    }

    @Test
    void doesNotShareChannelsBetweenClients() {
        alice.bind(0x4000, PEER);
        RelayBench.Asker bob = bench.asker("198.51.100.20", 5001, "bob", "hidden").allocated();

        assertThat(bob.sendOn(0x4000, "x")).isEmpty();
        assertThat(bench.deliver(PEER, bob.relayed, RelayBench.text("x"))).isEmpty();
    }

    /** A peer can say what it likes, a STUN request or ChannelData included: it is data. */
    @Test
    void takesWhateverAPeerSendsForData() {
        alice.permit(PEER);
        ByteBuf request = bench.asker("198.51.100.7").request(StunMethod.ALLOCATE, RelayBench.NOTHING);
        int length = request.readableBytes();

        StunMessage data = StunMessage.parse(bench.deliver(PEER, alice.relayed, request).get(0).payload());

        assertThat(data.method()).isEqualTo(StunMethod.DATA);
        assertThat(data.get(StunAttribute.DATA).readableBytes()).isEqualTo(length);
    }

    @Test
    void carriesNothingMoreOnceTheAllocationIsGivenBack() {
        alice.bind(0x4000, PEER);
        InetSocketAddress relayed = alice.relayed;
        assertThat(code(alice.refresh(0))).isZero();

        assertThat(alice.sendOn(0x4000, "late")).isEmpty();
        assertThat(alice.send("late", PEER)).isEmpty();
        assertThat(bench.open).doesNotContain(relayed);
        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void keepsAnAllocationToItsRate() {
        try (RelayBench slow = new RelayBench(config -> config.bytesPerSecond(1000))) {
            RelayBench.Asker client = slow.asker("198.51.100.20").allocated();
            client.bind(0x4000, PEER);
            int passed = 0;
            for (int i = 0; i < 100; i++) {
                passed += client.sendOn(0x4000, "x".repeat(100)).size();
            }
            assertThat(passed).isEqualTo(10);
            slow.pass(ofSeconds(1));
            assertThat(slow.deliver(PEER, client.relayed, RelayBench.text("x".repeat(1000)))).hasSize(1);
            assertThat(client.sendOn(0x4000, "x")).isEmpty();
            assertThat(slow.server.statistics().limited()).isEqualTo(91);
        }
    }

    @Test
    void countsWhatItCarries() {
        alice.bind(0x4000, PEER);
        alice.sendOn(0x4000, "four");
        bench.deliver(PEER, alice.relayed, RelayBench.text("seven.."));

        RelayStatistics numbers = bench.server.statistics();

        assertThat(numbers.toPeers()).isEqualTo(1);
        assertThat(numbers.bytesToPeers()).isEqualTo(4);
        assertThat(numbers.toClients()).isEqualTo(1);
        assertThat(numbers.bytesToClients()).isEqualTo(7);
        assertThat(numbers.allocations()).isEqualTo(1);
    }
}
