package io.natconnector;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectorTest {
    private final PostOffice office = new PostOffice();
    private final Connectors connectors = new Connectors(office);

    @AfterEach
    void close() {
        connectors.close();
    }

    @Test
    void twoConnectorsFindEachOtherByNameAndEcho() throws Exception {
        Connector alice = connectors.add("alice");
        Connector bob = connectors.add("bob");
        bob.listen(channel -> channel.pipeline().addLast(new EchoHandler()));
        Received received = new Received();

        PeerChannel channel = alice.connect("bob", received).get(5, SECONDS);
        channel.writeAndFlush(copiedBuffer("hello", UTF_8)).get(5, SECONDS);

        assertThat(received.next()).isEqualTo("hello");
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.path().localKind()).isEqualTo(Path.Kind.HOST);
        assertThat(channel.path().remote().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
        assertThat(channel.report().toString()).contains("connected after", "127.0.0.1");
    }
}
