package io.natconnector.relay;

import static io.natconnector.relay.ClientBench.LOCAL;
import static io.natconnector.relay.ClientBench.PEER;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When the client asks for permissions and channels, and when it does not. The server agrees at once, unless it is told not to. */
@ExtendWith(NoLeaks.class)
class ClientPeersTest {
    private static final InetSocketAddress OTHER = RelayBench.address("198.51.100.8", 7000);

    private final ClientBench bench = new ClientBench();
    /** What was asked, as "second method peer" or "second method number". */
    private final List<String> asked = new ArrayList<>();
    private int indications;
    private int refusal;
    private long start;

    @AfterEach
    void close() {
        bench.close();
    }

    private void allocate() {
        bench.allocated();
        start = bench.now;
    }

    /** Lets the server answer until that second after the allocation. */
    private void serveUntil(double second) {
        answer();
        long end = start + (long) (second * 1e9);
        while (bench.now < end) {
            bench.pass(ofMillis(Math.min(500, (end - bench.now) / 1_000_000)));
            answer();
        }
    }

    private void answer() {
        for (Datagram sent; (sent = bench.sent()) != null;) {
            if (!StunMessage.is(sent.payload())) {
                continue;
            }
            StunMessage request = StunMessage.parse(sent.payload());
            switch (request.method()) {
                case SEND -> indications++;
                case BINDING -> bench.success(request, writer -> writer.put(StunAttribute.XOR_MAPPED_ADDRESS, LOCAL));
                case REFRESH -> bench.success(request, writer -> writer.put(StunAttribute.LIFETIME, 600));
                default -> {
                    Integer number = request.get(StunAttribute.CHANNEL_NUMBER);
                    asked.add((bench.now - start) / 1_000_000_000 + (number == null ? " permit " : " bind %x ".formatted(number))
                            + request.get(StunAttribute.XOR_PEER_ADDRESS).getAddress().getHostAddress());
                    if (refusal == 0) {
                        bench.success(request, writer -> { });
                    } else {
                        bench.error(request, refusal);
                    }
                }
            }
        }
    }

    private void send(InetSocketAddress peer) {
        ByteBuf payload = RelayBench.text("x");
        bench.client.send(peer, payload, bench.now);
        payload.release();
    }

    /** Whether the message is taken for data from a peer; what is none of ours may not be swallowed, nor what is left to others. */
    private boolean hears(ByteBuf message) {
        boolean channelData = ChannelData.is(message);
        boolean ours = bench.receive(message);
        Datagram data = bench.client.pollReceived();
        if (channelData) {
            assertThat(ours).isEqualTo(data != null);
        }
        if (data != null) {
            data.payload().release();
        }
        return data != null;
    }

    private static ByteBuf indication(InetSocketAddress peer) {
        ByteBuf payload = RelayBench.text("x");
        try {
            return StunWriter.write(StunMethod.DATA, StunClass.INDICATION, new TransactionId(1, 2))
                    .put(StunAttribute.XOR_PEER_ADDRESS, peer).put(StunAttribute.DATA, payload).end();
        } finally {
            payload.release();
        }
    }

    @Test
    void asksForAPinnedPermissionEveryFourMinutes() {
        allocate();
        bench.client.permit(PEER, bench.now);
        serveUntil(1000);

        assertThat(asked).containsExactly("0 permit 198.51.100.7", "240 permit 198.51.100.7", "480 permit 198.51.100.7",
                "720 permit 198.51.100.7", "960 permit 198.51.100.7");
    }

    @Test
    void asksAgainOnlyForPermissionsThatWereUsed() {
        allocate();
        send(PEER);
        send(OTHER);
        serveUntil(100);
        send(OTHER);
        serveUntil(1000);

        assertThat(asked).containsExactly("0 permit 198.51.100.7", "0 permit 198.51.100.8", "240 permit 198.51.100.8");
    }

    @Test
    void countsWhatItHearsAsUse() {
        allocate();
        send(PEER);
        serveUntil(100);
        assertThat(hears(indication(PEER))).isTrue();
        serveUntil(300);

        assertThat(asked).containsExactly("0 permit 198.51.100.7", "240 permit 198.51.100.7");
    }

    @Test
    void believesAPermissionUntilItExpires() {
        allocate();
        send(PEER);
        serveUntil(299.9);
        assertThat(hears(indication(PEER))).isTrue();
        serveUntil(300);
        assertThat(hears(indication(PEER))).isFalse();
        assertThat(bench.client.statistics().receivedData()).isEqualTo(1);
        assertThat(bench.client.statistics().dropped()).isEqualTo(1);
    }

    @Test
    void asksAgainAtOnceWhenDataGoesOnAnOldPermission() {
        allocate();
        send(PEER);
        serveUntil(239);
        assertThat(asked).hasSize(1);
        serveUntil(245);
        send(PEER);
        serveUntil(246);
        send(PEER);
        serveUntil(247);

        assertThat(asked).containsExactly("0 permit 198.51.100.7", "245 permit 198.51.100.7");
        assertThat(indications).isEqualTo(3);
    }

    @Test
    void letsGoOfAPermissionThatIsReleased() {
        allocate();
        bench.client.permit(PEER, bench.now);
        serveUntil(10);
        bench.client.release(PEER);
        bench.client.release(OTHER);
        serveUntil(700);

        assertThat(asked).hasSize(1);
    }

    @Test
    void asksARelayThatRefusedOnceAMinuteAtMost() {
        allocate();
        refusal = ErrorCode.FORBIDDEN;
        for (int second = 0; second < 130; second++) {
            send(PEER);
            serveUntil(second + 1);
        }
        assertThat(asked).containsExactly("0 permit 198.51.100.7", "60 permit 198.51.100.7", "120 permit 198.51.100.7");
        assertThat(bench.client.statistics().dropped()).isEqualTo(127);
        refusal = 0;
        serveUntil(181);
        send(PEER);
        serveUntil(182);
        send(PEER);
        serveUntil(183);
        assertThat(asked).hasSize(4);
        assertThat(indications).isEqualTo(5);
    }

    @Test
    void asksForAUsedChannelEveryEightMinutes() {
        allocate();
        bench.client.bindChannel(PEER, bench.now);
        for (int minute = 0; minute < 20; minute++) {
            serveUntil(minute * 60 + 30);
            send(PEER);
        }
        assertThat(asked.stream().filter(each -> each.contains("bind")))
                .containsExactly("0 bind 4000 198.51.100.7", "480 bind 4000 198.51.100.7", "960 bind 4000 198.51.100.7");
        assertThat(bench.client.statistics().sentOnChannels()).isEqualTo(20);
    }

    @Test
    void countsWhatItHearsOnAChannelAsUseOfBoth() {
        allocate();
        bench.client.bindChannel(PEER, bench.now);
        for (int minute = 0; minute < 11; minute++) {
            serveUntil(minute * 60 + 30);
            assertThat(hears(RelayBench.channelData(0x4000, "x"))).isTrue();
        }
        assertThat(asked).contains("480 bind 4000 198.51.100.7", "240 permit 198.51.100.7");
    }

    @Test
    void keepsAPinnedChannel() {
        allocate();
        bench.client.bindChannel(PEER, bench.now);
        bench.client.permit(PEER, bench.now);
        serveUntil(1000);

        assertThat(asked).contains("480 bind 4000 198.51.100.7", "960 bind 4000 198.51.100.7");
    }

    @Test
    void letsAnUnusedChannelExpire() {
        allocate();
        bench.client.bindChannel(PEER, bench.now);
        serveUntil(599.5);
        assertThat(hears(RelayBench.channelData(0x4000, "late"))).isTrue();
        serveUntil(600);
        assertThat(hears(RelayBench.channelData(0x4000, "too late"))).isFalse();
        assertThat(asked).containsExactly("0 bind 4000 198.51.100.7");

        bench.client.bindChannel(PEER, bench.now);
        serveUntil(601);
        assertThat(asked).last().isEqualTo("600 bind 4001 198.51.100.7");
    }

    @Test
    void renewsThePermissionUnderAChannelWhenDataGoes() {
        allocate();
        bench.client.bindChannel(PEER, bench.now);
        serveUntil(250);
        send(PEER);
        serveUntil(251);

        assertThat(asked).containsExactly("0 bind 4000 198.51.100.7", "250 permit 198.51.100.7");
        assertThat(bench.client.statistics().sentOnChannels()).isEqualTo(1);
    }

    /** The permission's own time runs out first; the channel must find it again. */
    @Test
    void renewsAPermissionThatExpiredUnderItsChannel() {
        allocate();
        bench.client.bindChannel(PEER, bench.now);
        serveUntil(400);
        send(PEER);
        serveUntil(401);
        assertThat(asked).containsExactly("0 bind 4000 198.51.100.7", "400 permit 198.51.100.7");
        assertThat(hears(indication(PEER))).isTrue();
        assertThat(bench.client.statistics().sentOnChannels()).isEqualTo(1);
    }

    @Test
    void asksForARefusedChannelOnceAMinuteAtMostAndKeepsThePermission() {
        allocate();
        bench.client.permit(PEER, bench.now);
        serveUntil(1);
        refusal = ErrorCode.INSUFFICIENT_CAPACITY;
        for (int second = 1; second < 100; second++) {
            bench.client.bindChannel(PEER, bench.now);
            serveUntil(second + 1);
        }
        refusal = 0;
        send(PEER);
        serveUntil(245);

        assertThat(asked).containsExactly("0 permit 198.51.100.7", "1 bind 4000 198.51.100.7", "61 bind 4001 198.51.100.7",
                "240 permit 198.51.100.7");
        assertThat(indications).isEqualTo(1);
    }

    @Test
    void forbidsThePeerTogetherWithItsChannel() {
        allocate();
        refusal = ErrorCode.FORBIDDEN;
        bench.client.bindChannel(PEER, bench.now);
        serveUntil(1);
        send(PEER);
        bench.client.permit(PEER, bench.now);
        bench.client.bindChannel(RelayBench.address("198.51.100.7", 7001), bench.now);
        serveUntil(2);

        assertThat(asked).hasSize(1);
        assertThat(indications).isZero();
    }

    @Test
    void hasAnEndOfPeers() {
        allocate();
        for (int i = 0; i < 300; i++) {
            bench.client.permit(RelayBench.address("198.51." + (i >> 8) + "." + (i & 255), 1), bench.now);
            serveUntil(0);
        }
        assertThat(asked).hasSize(256);
        for (int i = 1; i <= 300; i++) {
            bench.client.bindChannel(RelayBench.address("198.51.0.1", i), bench.now);
            serveUntil(0);
        }
        assertThat(asked).hasSize(512).last().isEqualTo("0 bind 40ff 198.51.0.1");
        bench.client.bindChannel(RelayBench.address("198.51.2.2", 1), bench.now);
        serveUntil(1);
        assertThat(asked).hasSize(512);
    }

    @Test
    void remembersWishesUntilThereIsAnAllocation() {
        for (int i = 0; i < 300; i++) {
            bench.client.permit(RelayBench.address("198.51." + (i >> 8) + "." + (i & 255), 1), bench.now);
        }
        bench.client.release(RelayBench.address("198.51.0.7", 1));
        allocate();
        serveUntil(1);

        assertThat(asked).hasSize(255).doesNotContain("0 permit 198.51.0.7").contains("0 permit 198.51.0.255");
        serveUntil(300);
        assertThat(asked).as("kept").hasSize(510);
    }

    @Test
    void sendsNoMoreThanFitsADatagram() {
        allocate();
        bench.client.permit(PEER, bench.now);
        serveUntil(1);
        ByteBuf big = RelayBench.text("x".repeat(65_423));
        bench.client.send(PEER, big, bench.now);
        assertThat(bench.client.statistics().sentData()).isEqualTo(1);
        big.writeByte(0);
        bench.client.send(PEER, big, bench.now);
        assertThat(bench.client.statistics().sentData()).isEqualTo(1);
        big.release();
    }

    @Test
    void knowsNobodyOnceItIsClosed() {
        allocate();
        bench.client.bindChannel(PEER, bench.now);
        serveUntil(1);
        bench.client.close(bench.now);

        assertThat(hears(RelayBench.channelData(0x4000, "x"))).isFalse();
        assertThat(hears(indication(PEER))).isFalse();
        serveUntil(1.1);
        assertThat(bench.client.isEnded()).isTrue();
        assertThat(bench.client.nextTimeout()).isEqualTo(RelayClient.NEVER);
        assertThat(bench.receive(indication(PEER))).isFalse();
    }
}
