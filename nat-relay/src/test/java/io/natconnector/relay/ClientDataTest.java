package io.natconnector.relay;

import static io.natconnector.relay.ClientBench.LOCAL;
import static io.natconnector.relay.ClientBench.PEER;
import static io.natconnector.relay.ClientBench.RELAYED;
import static io.natconnector.relay.ClientBench.SERVER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the client sends to peers and takes from them, and over what. */
@ExtendWith(NoLeaks.class)
class ClientDataTest {
    private final ClientBench bench = new ClientBench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** What goes out alone does not show that anybody is there; what comes in alone does not keep a NAT open. */
    @Test
    void triesTheWayUnlessDataPassesBothWays() {
        bench.permitted();
        for (int i = 0; i < 60; i++) {
            send("x");
            bench.receive(data(PEER, "y"));
            bench.client.pollReceived().payload().release();
            bench.pass(ofSeconds(1));
        }
        for (StunMessage next; (next = bench.request()) != null;) {
            assertThat(next.method()).isEqualTo(StunMethod.SEND);
        }
        for (int i = 0; i < 21; i++) {
            send("x");
            bench.pass(ofSeconds(1));
        }
        for (int i = 0; i < 21; i++) {
            bench.receive(data(RelayBench.address("198.51.100.66", 1), "forged"));
        }
        boolean probed = false;
        for (StunMessage next; (next = bench.request()) != null;) {
            probed |= next.method() == StunMethod.BINDING;
        }
        assertThat(probed).isTrue();
    }

    @Test
    void leavesWhatComesFromElsewhereToOthers() {
        bench.permitted();
        InetSocketAddress elsewhere = RelayBench.address("203.0.113.10", 3479);

        assertThat(bench.receive(Datagram.udp(elsewhere, LOCAL, data(PEER, "x")))).isFalse();
        assertThat(bench.receive(Datagram.udp(SERVER, elsewhere, data(PEER, "x")))).isFalse();
        assertThat(bench.receive(new Datagram(Transport.TCP, SERVER, LOCAL, data(PEER, "x")))).isFalse();
        assertThat(bench.receive(RelayBench.channelData(0x4000, "no such channel"))).isFalse();
        assertThat(bench.client.pollReceived()).isNull();
    }

    @Test
    void takesDataFromAPeerWhomItPermitted() {
        bench.permitted();

        assertThat(bench.receive(data(PEER, "hello"))).isTrue();
        assertThat(bench.receive(data(RelayBench.address("198.51.100.66", 1), "forged"))).isTrue();

        Datagram received = bench.client.pollReceived();
        assertThat(received.from()).isEqualTo(PEER);
        assertThat(received.to()).isEqualTo(RELAYED);
        assertThat(received.payload().toString(UTF_8)).isEqualTo("hello");
        received.payload().release();
        assertThat(bench.client.pollReceived()).isNull();
    }

    @Test
    void takesDataWhileThePermissionIsStillOnItsWay() {
        bench.allocated();
        bench.client.permit(PEER, bench.now);
        bench.receive(data(PEER, "overtook the answer"));

        Datagram received = bench.client.pollReceived();
        assertThat(received).isNotNull();
        received.payload().release();
    }

    @Test
    void usesAChannelOnlyAfterItsSuccess() {
        bench.allocated();
        bench.client.bindChannel(PEER, bench.now);
        StunMessage bind = bench.request();
        send("before");
        assertThat(bench.request().method()).isEqualTo(StunMethod.SEND);

        bench.success(bind, writer -> { });
        send("after");

        ByteBuf frame = bench.sent().payload();
        assertThat(ChannelData.channel(frame)).isEqualTo(bind.get(StunAttribute.CHANNEL_NUMBER)).isEqualTo(0x4000);
        assertThat(ChannelData.data(frame).toString(UTF_8)).isEqualTo("after");
    }

    @Test
    void goesOnWithIndicationsWhenTheChannelIsRefused() {
        bench.permitted();
        bench.client.bindChannel(PEER, bench.now);
        bench.error(bench.request(), ErrorCode.INSUFFICIENT_CAPACITY);
        bench.client.bindChannel(PEER, bench.now);

        send("x");

        assertThat(bench.request().method()).isEqualTo(StunMethod.SEND);
        assertThat(bench.sent()).isNull();
    }

    @Test
    void sendsOnAChannelOutOfTheBufferItIsGivenWhereThereIsRoom() {
        bench.permitted();
        bench.client.bindChannel(PEER, bench.now);
        bench.success(bench.request(), writer -> { });
        ByteBuf roomy = RelayBench.text("....data");
        roomy.skipBytes(4);

        bench.client.send(PEER, roomy, bench.now);

        ByteBuf frame = bench.sent().payload();
        assertThat(frame.memoryAddress()).isEqualTo(roomy.memoryAddress());
        assertThat(ChannelData.data(frame).toString(UTF_8)).isEqualTo("data");
        assertThat(roomy.toString(UTF_8)).isEqualTo("data");
        roomy.release();
    }

    @Test
    void copiesABufferThatIsSentTwice() {
        bench.permitted();
        bench.client.bindChannel(PEER, bench.now);
        bench.success(bench.request(), writer -> { });
        ByteBuf roomy = RelayBench.text("....data");
        roomy.skipBytes(4);
        bench.client.send(PEER, roomy, bench.now);
        bench.client.send(PEER, roomy, bench.now);
        ByteBuf first = bench.sent().payload();
        ByteBuf second = bench.sent().payload();

        assertThat(second.memoryAddress()).isNotEqualTo(first.memoryAddress());
        assertThat(second).isEqualTo(first);
        roomy.release();
    }

    @Test
    void padsChannelDataOverAStream() {
        try (ClientBench stream = new ClientBench(Transport.TCP)) {
            StunMessage first = stream.request();
            stream.receive(new Datagram(Transport.TCP, SERVER, LOCAL, success(first)));
            stream.client.bindChannel(PEER, 0);
            StunMessage bind = stream.request();
            stream.receive(new Datagram(Transport.TCP, SERVER, LOCAL, StunWriter.answer(bind, StunClass.SUCCESS).end()));
            ByteBuf data = RelayBench.text("12345");
            stream.client.send(PEER, data, 0);
            data.release();

            Datagram sent = stream.sent();
            assertThat(sent.transport()).isEqualTo(Transport.TCP);
            assertThat(sent.payload().readableBytes()).isEqualTo(4 + 8);
            assertThat(ChannelData.data(sent.payload()).readableBytes()).isEqualTo(5);
        }
    }

    @Test
    void repeatsNothingOverAStream() {
        try (ClientBench stream = new ClientBench(Transport.TCP)) {
            assertThat(stream.request()).isNotNull();
            stream.pass(ofMillis(7999));
            assertThat(stream.sent()).isNull();
            stream.pass(ofMillis(1));
            assertThat(stream.failure()).isEqualTo(RelayFailure.NO_RESPONSE);
        }
    }

    @Test
    void neverThrowsWhateverComes() {
        bench.permitted();
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 3000; i++) {
            ByteBuf junk = random.nextInt(3) == 0 ? RelayBench.channelData(0x4000, "data") : data(PEER, "some data");
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                junk.setByte(random.nextInt(junk.readableBytes()), random.nextInt(256));
            }
            if (random.nextBoolean()) {
                junk.writerIndex(random.nextInt(junk.readableBytes()));
            }
            bench.receive(junk);
            for (Datagram received; (received = bench.client.pollReceived()) != null;) {
                received.payload().release();
            }
        }
        assertThat(bench.client.isAllocated()).isTrue();
    }

    private static ByteBuf success(StunMessage request) {
        StunWriter writer = StunWriter.answer(request, StunClass.SUCCESS);
        ClientBench.allocation(writer);
        return writer.end();
    }

    private void send(String text) {
        ByteBuf payload = RelayBench.text(text);
        bench.client.send(PEER, payload, bench.now);
        payload.release();
    }

    private static ByteBuf data(InetSocketAddress peer, String text) {
        ByteBuf payload = RelayBench.text(text);
        try {
            return StunWriter.write(StunMethod.DATA, StunClass.INDICATION, TransactionId.random(new SplittableRandom(3)))
                    .put(StunAttribute.XOR_PEER_ADDRESS, peer).put(StunAttribute.DATA, payload).end();
        } finally {
            payload.release();
        }
    }
}
