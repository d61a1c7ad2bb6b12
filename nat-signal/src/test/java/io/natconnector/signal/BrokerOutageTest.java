package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.Connector;
import io.natconnector.NatException;
import io.natconnector.PeerChannel;
import io.natconnector.PeerSocket;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connectors over loopback whose broker goes away, and comes back. */
@Timeout(60)
class BrokerOutageTest {
    private final String secret = MqttSignaling.newSecret();
    private final List<Connector> connectors = new ArrayList<>();
    private EmbeddedBroker broker;
    private InetSocketAddress address;

    @BeforeEach
    void startBroker() throws Exception {
        broker = EmbeddedBroker.start(new InetSocketAddress("127.0.0.1", 0));
        address = broker.address();
    }

    @AfterEach
    void close() {
        connectors.forEach(Connector::close);
        broker.close();
    }

    private Connector start(String name, Duration timeout) {
        Connector connector = Connector.builder().name(name).plaintext().bind(InetAddress.getLoopbackAddress())
                .signaling(MqttSignaling.to("mqtt://127.0.0.1:" + address.getPort()).secret(secret))
                .connectTimeout(timeout).build();
        connectors.add(connector);
        return connector;
    }

    private static void echo(PeerChannel channel) {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                context.writeAndFlush(message);
            }
        });
    }

    private static String exchange(PeerSocket socket, String text) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(100);
        socket.write(UTF_8.encode(text));
        socket.read(answer, Duration.ofSeconds(10));
        return UTF_8.decode(answer.flip()).toString();
    }

    @Test
    void connectedPeersGoOnAndNewOnesConnectOnceItIsBack() throws Exception {
        start("bob", Duration.ofSeconds(20)).listen(BrokerOutageTest::echo);
        start("carol", Duration.ofSeconds(20)).listen(BrokerOutageTest::echo);
        Connector alice = start("alice", Duration.ofSeconds(40));
        try (PeerSocket bob = alice.open("bob")) {
            broker.close();
            CompletableFuture<PeerChannel> carol = alice.connect("carol");

            assertThat(exchange(bob, "is it dark where you are?")).isEqualTo("is it dark where you are?");
            assertThat(carol).isNotDone();

            broker = EmbeddedBroker.start(address);
            assertThat(carol.get(40, SECONDS).isActive()).isTrue();
            assertThat(exchange(bob, "light again")).isEqualTo("light again");
        }
    }

    @Test
    void whoConnectsMeanwhileIsToldThatItIsTheBroker() {
        broker.close();
        Connector alice = start("alice", Duration.ofSeconds(2));
        assertThatThrownBy(() -> alice.open("bob")).isInstanceOfSatisfying(NatException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(NatException.Reason.NO_SIGNAL);
            assertThat(failure).hasMessageContaining("127.0.0.1:" + address.getPort());
        });
    }
}
