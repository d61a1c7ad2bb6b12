package io.natconnector;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our client over our server's TCP and TLS, for real. */
@Timeout(60)
class RelayOverStreamsTest {
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Connectors connectors = new Connectors(new PostOffice());

    @AfterEach
    void close() {
        connectors.close();
    }

    private static NatServerBuilder server() {
        return NatServer.builder().listen(LOOPBACK).listenTcp(LOOPBACK).listenTls(LOOPBACK).selfSignedCertificate()
                .user("alice", "secret").allowPeer("127.0.0.0/8");
    }

    private static String uri(NatServer server, Transport transport) {
        String place = Path.text(server.localAddresses(transport).get(0));
        return transport == Transport.TLS ? "turns:" + place : "turn:" + place + "?transport=tcp";
    }

    private static X509Certificate shown(NatServer server) {
        return server.driver().connectionSettings().shown().certificate().chain().get(0);
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "TLS"})
    void peersConnectOverTheRelay(Transport transport) throws Exception {
        try (NatServer server = server().start()) {
            DefaultConnector alice = connectors.add("alice", builder ->
                    builder.relay(uri(server, transport), "alice", "secret").trust(shown(server)).relayOnly());
            connectors.add("bob", builder ->
                    builder.relay(uri(server, transport), "alice", "secret").trust(shown(server)).relayOnly())
                    .listen(channel -> channel.pipeline().addLast(new EchoHandler()));
            Received received = new Received();

            PeerChannel channel = alice.connect("bob", received).get(10, SECONDS);
            for (int i = 0; i < 20; i++) {
                channel.writeAndFlush(copiedBuffer("hello " + i, UTF_8));
                assertThat(received.next()).isEqualTo("hello " + i);
            }

            assertThat(channel.path().localKind()).isEqualTo(Path.Kind.RELAYED);
            assertThat(channel.path().remoteKind()).isEqualTo(Path.Kind.RELAYED);
            assertThat(server.statistics().activeAllocations()).isEqualTo(2);
            connectors.close();
            Eventually.until(() -> server.statistics().activeAllocations() == 0);      // the farewell is under way
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP", "TLS"})
    void aProxyLeadsToTheRelay(Transport transport) throws Exception {
        try (NatServer server = server().start(); TestProxy proxy = new TestProxy("alice:secret")) {
            Connector alice = connectors.add("alice", builder -> builder.relay(uri(server, transport), "alice", "secret")
                    .trust(shown(server)).proxy("http://alice:secret@" + Path.text(proxy.address())));

            NetworkReport report = alice.check(Duration.ofSeconds(20)).get(30, SECONDS);

            assertThat(report.relayed()).as(report.toString()).hasSize(1);
            String place = Path.text(server.localAddresses(transport).get(0));
            assertThat(proxy.requests()).containsExactly("CONNECT " + place + " HTTP/1.1");
        }
    }

    @Test
    void aProxyThatRefusesIsReported() throws Exception {
        try (NatServer server = server().start(); TestProxy proxy = new TestProxy("bob:hush")) {
            Connector alice = connectors.add("alice", builder -> builder.relay(uri(server, Transport.TCP), "alice", "secret")
                    .proxy(Path.text(proxy.address())));

            NetworkReport report = alice.check(Duration.ofSeconds(20)).get(30, SECONDS);

            assertThat(report.relayed()).isEmpty();
            assertThat(report.toString()).contains("the proxy refuses: HTTP/1.1 407");
        }
    }

    @Test
    void aRelayWhoseCertificateNobodyVouchesForIsNotUsed() throws Exception {
        try (NatServer server = server().start()) {
            Connector alice = connectors.add("alice", builder -> builder.relay(uri(server, Transport.TLS), "alice", "secret"));

            NetworkReport report = alice.check(Duration.ofSeconds(5)).get(10, SECONDS);

            assertThat(report.relayed()).isEmpty();
            assertThat(report.toString()).contains("over TLS").contains("certificate");
            assertThat(server.statistics().activeAllocations()).isZero();
        }
    }

    @Test
    void aRelayOverAStreamIsLeftAloneWhereOneOverUdpAnswers() throws Exception {
        try (NatServer server = server().start()) {
            Connector alice = connectors.add("alice", builder -> builder.relay(uri(server, Transport.TCP), "alice", "secret")
                    .relay(Path.text(server.localAddresses(Transport.UDP).get(0)), "alice", "secret"));

            NetworkReport report = alice.check(Duration.ofSeconds(5)).get(10, SECONDS);

            assertThat(report.relayed()).hasSize(1);
            assertThat(server.driver().counters().opened.value()).as("three listeners, one relayed address, no connection")
                    .isEqualTo(4);
        }
    }

    @Test
    void aRelayThatRefusesConnectionsIsReported() throws Exception {
        InetSocketAddress nobody;
        try (NatServer server = server().start()) {
            nobody = server.localAddresses(Transport.TCP).get(0);
        }
        Connector alice = connectors.add("alice",
                builder -> builder.relay("turn:" + Path.text(nobody) + "?transport=tcp", "alice", "secret"));

        NetworkReport report = alice.check(Duration.ofSeconds(5)).get(10, SECONDS);

        assertThat(report.relayed()).isEmpty();
        assertThat(report.toString()).contains("over TCP").contains("refused");
    }
}
