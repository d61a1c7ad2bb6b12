package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectorBuilderTest {
    @Test
    void theLinesOfTheReadmeBuildAConnector() {
        try (Connector connector = Connector.builder()
                .name("alice")
                .stunServer("stun.example.org:3478")
                .relay("turn:relay.example.org:3478", "alice", "secret")
                .signaling(new PostOffice().counter())
                .nameLookup(host -> new InetAddress[0])
                .build()) {
            assertThat(connector.check(Duration.ofSeconds(5))).succeedsWithin(Duration.ofSeconds(5))
                    .satisfies(report -> assertThat(report.servers()).hasSize(2)
                            .allSatisfy(server -> assertThat(server.outcome()).contains("can't be resolved")));
        }
    }

    @Test
    void anIdentityNeedsEncryptionAndAKeyOnTheRightCurve() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        refuses(IllegalStateException.class, () -> Connector.builder().identity(keys).plaintext().build(), "plaintext()");
        generator.initialize(384);
        refuses(IllegalArgumentException.class, () -> Connector.builder().identity(generator.generateKeyPair()), "P-256");
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        refuses(IllegalStateException.class,
                () -> Connector.builder().signaling(new PostOffice().counter()).plaintext().build(), "name");
        refuses(IllegalStateException.class, () -> Connector.builder().relayOnly().plaintext().build(), "relay");
        refuses(IllegalStateException.class, () -> Connector.builder().port(4000).portPerPeer().plaintext().build(), "portPerPeer");
    }

    @Test
    void valuesOutOfRangeAreRefusedWhereTheyAreGiven() {
        refuses(IllegalArgumentException.class, () -> Connector.builder().port(65_536), "0 to 65535");
        refuses(IllegalArgumentException.class, () -> Connector.builder().connectTimeout(Duration.ZERO), "connect timeout");
        refuses(IllegalArgumentException.class, () -> Connector.builder().recoveryTimeout(Duration.ofDays(2)), "recovery timeout");
        refuses(IllegalArgumentException.class, () -> Connector.builder().bind(InetAddress.getByName("0.0.0.0")), "address");
        refuses(IllegalArgumentException.class, () -> Connector.builder().name(""), "name");
        refuses(IllegalArgumentException.class, () -> Connector.builder().maxStrangers(-1), "-1");
        refuses(IllegalArgumentException.class, () -> Connector.builder().stunServer("stun:"), "expected stun:HOST");
    }

    private static void refuses(Class<? extends Exception> kind, ThrowingCallable attempt, String message) {
        assertThatThrownBy(attempt).isInstanceOf(kind).hasMessageContaining(message);
    }

    @Test
    void anEventLoopGroupOfTheApplicationIsUsedAndLeftOpen() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Connector connector = on(group);
            assertThat(connector.check(Duration.ofSeconds(5)).get(5, TimeUnit.SECONDS).local()).hasSize(1);
            connector.close();
            assertThat(group.isShuttingDown()).isFalse();
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
        }
    }

    private static Connector on(EventLoopGroup group) {
        return Connector.builder().bind(InetAddress.getLoopbackAddress()).eventLoopGroup(group).plaintext().build();
    }

    @Test
    void anEventLoopGroupWithoutSocketsIsRefused() {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        try {
            refuses(IllegalArgumentException.class,
                    () -> Connector.builder().eventLoopGroup(group).plaintext().build(), "NioIoHandler");
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void aGroupThatEndsFirstHoldsUpNobody() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Connector connector = on(group);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);

        assertThat(connector.peer(words -> { }).connect()).failsWithin(Duration.ofSeconds(1));
        connector.close();
    }
}
