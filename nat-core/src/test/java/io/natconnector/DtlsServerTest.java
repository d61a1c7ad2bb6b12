package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.Writer;
import java.math.BigInteger;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server over DTLS, as clients and as those who are none find it. */
@Timeout(60)
class DtlsServerTest {
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int READ_MILLIS = 10_000;
    private static final int SERVER_HELLO = 2;
    private static final int HELLO_VERIFY_REQUEST = 3;
    private static final int TYPE_AT = 13;

    private static NatServerBuilder server() {
        return NatServer.builder().listenDtls(LOOPBACK).selfSignedCertificate().user("alice", "secret").allowPeer("127.0.0.0/8");
    }

    private static InetSocketAddress address(NatServer server) {
        return server.localAddresses(Transport.DTLS).get(0);
    }

    private static byte[] binding() {
        ByteBuf request = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, TransactionId.random(new SecureRandom())).end();
        try {
            return ByteBufUtil.getBytes(request);
        } finally {
            request.release();
        }
    }

    private static void assertIsAnswered(DtlsClient client) throws Exception {
        client.send(binding());
        StunMessage answer = StunMessage.parse(Unpooled.wrappedBuffer(client.read()));
        assertThat(answer.stunClass()).isEqualTo(StunClass.SUCCESS);
        assertThat(answer.get(StunAttribute.XOR_MAPPED_ADDRESS))
                .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), client.port()));
    }

    private static int admitted(NatServer server) throws Exception {
        return server.driver().loop().submit(() -> server.driver().connections().admitted()).get();
    }

    private static void awaitAdmitted(NatServer server, int count) throws Exception {
        Eventually.until(() -> admitted(server) == count);
    }

    /** Somebody who speaks by himself, without a machine that goes on with it. */
    private static DatagramSocket stranger(NatServer server) throws IOException {
        DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(READ_MILLIS);
        socket.connect(address(server));
        return socket;
    }

    private static byte[] ask(DatagramSocket socket, byte[] question) throws IOException {
        socket.send(new DatagramPacket(question, question.length));
        DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
        socket.receive(answer);
        return Arrays.copyOf(answer.getData(), answer.getLength());
    }

    @Test
    void answersWhoHasConnectedAndShowsItsCertificate() throws Exception {
        try (NatServer server = server().start(); DtlsClient client = DtlsClient.connect(address(server))) {
            for (int i = 0; i < 20; i++) {
                assertIsAnswered(client);
            }

            assertThat(client.shown()).isEqualTo(
                    server.driver().connectionSettings().shown().certificate().chain().get(0).getEncoded());
            assertThat(admitted(server)).isEqualTo(1);
        }
    }

    @Test
    void showsACertificateWithAnRsaKeyToo(@TempDir java.nio.file.Path files) throws Exception {
        java.nio.file.Path pem = files.resolve("server.pem");
        java.nio.file.Path key = files.resolve("key.pem");
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        X500Name name = new X500Name("CN=localhost");
        Instant now = Instant.now();
        var certificate = new JcaX509v3CertificateBuilder(name, BigInteger.ONE, Date.from(now), Date.from(now.plusSeconds(3600)),
                name, keys.getPublic()).build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()));
        try (Writer to = Files.newBufferedWriter(pem); JcaPEMWriter writer = new JcaPEMWriter(to)) {
            writer.writeObject(certificate);
        }
        try (Writer to = Files.newBufferedWriter(key); JcaPEMWriter writer = new JcaPEMWriter(to)) {
            writer.writeObject(keys.getPrivate());
        }
        try (NatServer server = NatServer.builder().listenDtls(LOOPBACK).certificate(pem, key).start();
                DtlsClient client = DtlsClient.connect(address(server))) {
            assertIsAnswered(client);

            assertThat(client.shown()).isEqualTo(certificate.getEncoded());
        }
    }

    @Test
    void keepsNothingOfWhoHasNotShownThatHeIsWhereHeSays() throws Exception {
        byte[] hello = DtlsClient.hello();
        try (NatServer server = server().start()) {
            for (int i = 0; i < 300; i++) {
                try (DatagramSocket socket = stranger(server)) {
                    byte[] answer = ask(socket, hello);

                    assertThat(answer[TYPE_AT]).isEqualTo((byte) HELLO_VERIFY_REQUEST);
                    assertThat(answer.length).as("nobody else is flooded with our answers").isLessThanOrEqualTo(hello.length);
                }
            }
            assertThat(admitted(server)).isZero();

            try (DatagramSocket one = stranger(server); DatagramSocket other = stranger(server)) {
                byte[] stolen = DtlsClient.withCookie(hello, ask(one, hello));

                assertThat(ask(other, stolen)[TYPE_AT]).as("a cookie of another address").isEqualTo((byte) HELLO_VERIFY_REQUEST);
                assertThat(admitted(server)).isZero();
                assertThat(ask(one, stolen)[TYPE_AT]).isEqualTo((byte) SERVER_HELLO);
                assertThat(admitted(server)).isEqualTo(1);
            }
        }
    }

    @Test
    void takesInNoMoreHandshakesFromOnePlaceThanItMay() throws Exception {
        byte[] hello = DtlsClient.hello();
        List<DatagramSocket> strangers = new ArrayList<>();
        try (NatServer server = server().maxConnections(1000, 1000).start()) {
            for (int i = 0; i < 50; i++) {
                DatagramSocket socket = stranger(server);
                strangers.add(socket);
                assertThat(ask(socket, DtlsClient.withCookie(hello, ask(socket, hello)))[TYPE_AT]).isEqualTo((byte) SERVER_HELLO);
            }
            try (DatagramSocket late = stranger(server)) {
                byte[] again = DtlsClient.withCookie(hello, ask(late, hello));
                late.send(new DatagramPacket(again, again.length));
                Eventually.until(() -> server.driver().counters().turnedAway.value() > 0);
            }
            assertThat(admitted(server)).isEqualTo(50);
        } finally {
            strangers.forEach(DatagramSocket::close);
        }
    }

    @Test
    void whoDoesNotFinishTheHandshakeIsCutOff() throws Exception {
        byte[] hello = DtlsClient.hello();
        ConnectionLimits impatient = new ConnectionLimits(10, 10, Duration.ofMillis(50));
        try (NatServer server = server().limits(impatient).start(); DatagramSocket socket = stranger(server)) {
            ask(socket, DtlsClient.withCookie(hello, ask(socket, hello)));

            awaitAdmitted(server, 0);
            assertThat(server.driver().counters().cut.value()).isEqualTo(1);
        }
    }

    @Test
    void goesOnAmongGarbage() throws Exception {
        Random random = new Random(7);
        try (NatServer server = server().start(); DtlsClient client = DtlsClient.connect(address(server));
                DatagramSocket socket = stranger(server)) {
            byte[] hello = DtlsClient.hello();
            for (int i = 0; i < 500; i++) {
                byte[] garbage = i % 2 == 0 ? hello.clone() : new byte[1 + random.nextInt(300)];
                if (i % 2 == 0) {
                    garbage[random.nextInt(garbage.length)] ^= (byte) (1 + random.nextInt(255));
                } else {
                    random.nextBytes(garbage);
                }
                socket.send(new DatagramPacket(garbage, garbage.length));
            }
            assertIsAnswered(client);
            assertThat(admitted(server)).isEqualTo(1);
            assertThat(server.driver().counters().strays.value()).isPositive();
        }
    }

    @Test
    void whoHasForgottenAllBeginsAnew() throws Exception {
        try (NatServer server = server().start()) {
            DtlsClient before = DtlsClient.connect(address(server));
            assertIsAnswered(before);
            before.vanish();

            try (DtlsClient after = DtlsClient.connect(address(server), before.port())) {
                assertIsAnswered(after);
                assertThat(admitted(server)).isEqualTo(1);
            }
            awaitAdmitted(server, 0);
        }
    }

    @Test
    void closingEndsAllConnections() throws Exception {
        NatServer server = server().start();
        try (DtlsClient client = DtlsClient.connect(address(server))) {
            assertIsAnswered(client);
            long opened = server.driver().counters().opened.value();

            server.close();

            assertThatThrownBy(client::read).as("the server has said that it ends").hasMessageContaining("closed");
            assertThat(server.driver().counters().closed.value()).isEqualTo(opened);
        }
    }
}
