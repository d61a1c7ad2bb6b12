package io.natconnector.natpeer.interop;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.natconnector.Connector;
import io.natconnector.ConnectorBuilder;
import io.natconnector.Peer;
import io.natconnector.PeerChannel;
import io.natconnector.natpeer.Running;
import io.natconnector.stun.RestCredentials;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Independent relays that share nothing but a secret: two of ours and coturn. */
@Timeout(300)
class FleetIT {
    private static final String SECRET = "known to the whole fleet";
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 500;

    private final List<Running> fleet = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();
    private final BlockingQueue<String> echoes = new LinkedBlockingQueue<>();

    @BeforeEach
    void start(@TempDir Path files) throws Exception {
        Installed.require(List.of("sh", "-c", "command -v turnserver"), "coturn");
        for (int i = 0; i < 2; i++) {
            Running ours = Running.natpeer("serve", "--listen", "127.0.0.1", "--port", "0", "--no-broker", "--json",
                    "--rest-secret", SECRET, "--drain-seconds", "250", "--allow-peer", "127.0.0.0/8",
                    "--relay-ports", first(i) + "-" + (first(i + 1) - 1));
            fleet.add(ours);
            addresses.add(JsonParser.parseString(ours.awaitOutput(line -> line.contains("ready"))).getAsJsonObject()
                    .get("stun").getAsString());
        }
        int port = freePort();
        Running coturn = Running.program(List.of("turnserver", "-n", "-c", "/dev/null", "-L", "127.0.0.1", "-E", "127.0.0.1",
                "-p", String.valueOf(port), "--realm", "example.org", "--use-auth-secret", "--static-auth-secret", SECRET,
                "--allow-loopback-peers", "--min-port", String.valueOf(first(2)), "--max-port", String.valueOf(first(3) - 1),
                "--no-tls", "--no-dtls", "--no-cli", "--log-file", "stdout", "--pidfile", files.resolve("pid").toString(),
                "--userdb", files.resolve("db").toString()));
        fleet.add(coturn);
        addresses.add("127.0.0.1:" + port);
        coturn.awaitOutput(line -> line.contains("DB connection success"));    // the last thing that it does
    }

    @AfterEach
    void end() {
        fleet.forEach(Running::close);
    }

    private static int freePort() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Each relays from ports of its own, by which a relayed address tells whose it is. */
    private static int first(int server) {
        return FIRST_PORT + server * PORTS;
    }

    private static int server(InetSocketAddress relayed) {
        return (relayed.getPort() - FIRST_PORT) / PORTS;
    }

    /** With the credentials of whoever knows the secret, good for an hour, for the whole fleet. */
    private Connector client(String name) {
        String user = RestCredentials.username(name, System.currentTimeMillis() / 1000 + 3600);
        ConnectorBuilder builder = Connector.builder().bind(InetAddress.getLoopbackAddress()).relayOnly();
        addresses.forEach(address -> builder.relay(address, user, RestCredentials.password(SECRET, user)));
        return builder.build();
    }

    @Test
    void oneCredentialIsGoodForTheWholeFleet() throws Exception {
        try (Connector alice = client("alice")) {
            List<InetSocketAddress> relayed = alice.check(Duration.ofSeconds(20)).get(30, SECONDS).relayed();

            assertThat(relayed.stream().map(FleetIT::server)).containsExactlyInAnyOrder(0, 1, 2);
        }
    }

    @Test
    void aConnectionOutlivesTheRelaysThatItGoesOver() throws Exception {
        try (Connector alice = client("alice"); Connector bob = client("bob")) {
            alice.check(Duration.ofSeconds(20)).get(30, SECONDS);
            bob.check(Duration.ofSeconds(20)).get(30, SECONDS);
            PeerChannel channel = connect(alice, bob);
            awaitEcho(channel, "hello");
            int victim = server(channel.path().local());

            fleet.get(victim).process().destroyForcibly().waitFor();
            awaitPathWithout(channel, victim);
            awaitEcho(channel, "still there");

            assertThat(channel.isActive()).isTrue();
            assertThat(channel.path().isRelayed()).isTrue();
        }
    }

    @Test
    void aConnectionLeavesARelayThatDrainsSoThatNobodyWaitsForIt() throws Exception {
        addresses.remove(2);                                   // coturn has other ways to go out of service
        try (Connector alice = client("alice"); Connector bob = client("bob")) {
            alice.check(Duration.ofSeconds(20)).get(30, SECONDS);
            bob.check(Duration.ofSeconds(20)).get(30, SECONDS);
            PeerChannel channel = connect(alice, bob);
            awaitEcho(channel, "hello");
            int leaving = server(channel.path().local());

            assertThat(fleet.get(leaving).process().toHandle().destroy()).isTrue();
            awaitPathWithout(channel, leaving);

            assertThat(channel.isActive()).isTrue();
            assertThat(fleet.get(leaving).await().code()).as("of a process that would have waited for four minutes").isZero();
            awaitEcho(channel, "still there");
        }
    }

    /** Data goes over another path as well as soon as one is in doubt, so it is back before the path is another one. */
    private void awaitPathWithout(PeerChannel channel, int victim) throws InterruptedException {
        for (int tries = 0; tries < 100; tries++) {
            awaitEcho(channel, "try " + tries);
            io.natconnector.Path path = channel.path();
            if (path != null && server(path.local()) != victim && server(path.remote()) != victim) {
                return;
            }
            echoes.poll(100, MILLISECONDS);                   // no echo is due: a pause
        }
        throw new AssertionError("the dead relay is still used: " + channel.report());
    }

    private PeerChannel connect(Connector alice, Connector bob) throws Exception {
        AtomicReference<Peer> toBob = new AtomicReference<>();
        AtomicReference<Peer> toAlice = new AtomicReference<>();
        toBob.set(alice.peer(text -> toAlice.get().receive(text)).handler(new SimpleChannelInboundHandler<DatagramPacket>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                echoes.add(packet.content().toString(UTF_8));
            }
        }));
        toAlice.set(bob.peer(text -> toBob.get().receive(text)).handler(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object packet) {
                context.writeAndFlush(packet);
            }
        }));
        toAlice.get().connect();
        return toBob.get().connect().get(30, SECONDS);
    }

    /** Says it until it comes back: datagrams get lost with the relay that they are in. */
    private void awaitEcho(PeerChannel channel, String text) throws InterruptedException {
        for (int tries = 0; tries < 200; tries++) {
            channel.writeAndFlush(copiedBuffer(text, UTF_8));
            for (String echo; (echo = echoes.poll(100, MILLISECONDS)) != null; ) {
                if (echo.equals(text)) {
                    return;
                }
            }
        }
        throw new AssertionError("'" + text + "' did not come back: " + channel.report());
    }
}
