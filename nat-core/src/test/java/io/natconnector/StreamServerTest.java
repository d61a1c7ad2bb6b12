package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
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
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server over TCP and TLS, as clients and as those who are none find it. */
@Timeout(30)
class StreamServerTest {
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int READ_MILLIS = 10_000;

    private static NatServerBuilder server() {
        return NatServer.builder().listen(LOOPBACK).listenTcp(LOOPBACK).user("alice", "secret").allowPeer("127.0.0.0/8");
    }

    private static Socket connect(NatServer server) throws IOException {
        InetSocketAddress address = server.localAddresses(Transport.TCP).get(0);
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(READ_MILLIS);
        return socket;
    }

    private static byte[] binding() {
        ByteBuf request = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, TransactionId.random(new SecureRandom())).end();
        try {
            return ByteBufUtil.getBytes(request);
        } finally {
            request.release();
        }
    }

    private static StunMessage answer(Socket socket) throws Exception {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] header = new byte[20];
        in.readFully(header);
        byte[] whole = Arrays.copyOf(header, 20 + (header[2] << 8 | header[3] & 0xFF));
        in.readFully(whole, 20, whole.length - 20);
        return StunMessage.parse(Unpooled.wrappedBuffer(whole));
    }

    private static void assertSees(Socket socket, StunMessage answer) {
        assertThat(answer.stunClass()).isEqualTo(StunClass.SUCCESS);
        assertThat(answer.get(StunAttribute.XOR_MAPPED_ADDRESS))
                .isEqualTo(new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort()));
    }

    @Test
    void answersARequestThatComesInPieces() throws Exception {
        try (NatServer server = server().start(); Socket socket = connect(server)) {
            socket.setTcpNoDelay(true);
            byte[] request = binding();
            for (int i = 0; i < request.length; i++) {
                socket.getOutputStream().write(request, i, 1);
            }

            assertSees(socket, answer(socket));
        }
    }

    @Test
    void answersEachOfTheRequestsThatComeAtOnce() throws Exception {
        try (NatServer server = server().start(); Socket socket = connect(server)) {
            byte[] one = binding();
            byte[] three = Arrays.copyOf(one, 60);
            System.arraycopy(binding(), 0, three, 20, 20);
            System.arraycopy(binding(), 0, three, 40, 20);
            socket.getOutputStream().write(three);

            for (int i = 0; i < 3; i++) {
                assertSees(socket, answer(socket));
            }
        }
    }

    @Test
    void endsWhatIsNotStunAtItsFirstWord() throws Exception {
        try (NatServer server = server().start(); Socket browser = connect(server); Socket channel = connect(server)) {
            browser.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            channel.getOutputStream().write(new byte[] {0x40, 0, 0, 100});

            assertEnds(browser);
            assertEnds(channel);
            assertThat(server.driver().counters().cut.value()).isEqualTo(2);
        }
    }

    private static void assertEnds(Socket socket) {
        int read;
        try {
            read = socket.getInputStream().read();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
            return;
        }
        assertThat(read).isEqualTo(-1);
    }

    @Test
    void doesNotWaitForeverForThoseWhoSayNothingOrStopWithinAWord() throws Exception {
        ConnectionLimits impatient = new ConnectionLimits(10, 10, Duration.ofMillis(50));
        try (NatServer server = server().limits(impatient).start();
                Socket silent = connect(server); Socket slow = connect(server)) {
            slow.getOutputStream().write(binding(), 0, 19);

            assertEnds(silent);
            assertEnds(slow);
        }
    }

    @Test
    void takesInNoMoreFromOnePlaceThanItMay() throws Exception {
        try (NatServer server = server().maxConnections(10, 2).start(); Socket one = connect(server)) {
            Socket two = connect(server);
            one.getOutputStream().write(binding());
            two.getOutputStream().write(binding());
            assertSees(one, answer(one));
            assertSees(two, answer(two));

            try (Socket three = connect(server)) {
                assertEnds(three);
            }
            assertThat(server.driver().counters().turnedAway.value()).isEqualTo(1);

            two.close();
            assertThat(readsAnAnswerInTheEnd(server)).isTrue();
        }
    }

    /** The server learns of an end in its own time, so whoever comes right after one may still be turned away. */
    private static boolean readsAnAnswerInTheEnd(NatServer server) throws Exception {
        for (int i = 0; i < 1000; i++) {
            try (Socket socket = connect(server)) {
                socket.getOutputStream().write(binding());
                assertSees(socket, answer(socket));
                return true;
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        return false;
    }

    @Test
    void speaksTlsAndShowsItsCertificate() throws Exception {
        try (NatServer server = server().listenTls(LOOPBACK).selfSignedCertificate().start()) {
            List<X509Certificate> shown = server.driver().connectionSettings().shown().certificate().chain();
            try (SSLSocket socket = connectTls(server, ServerTrust.of(shown))) {
                socket.getOutputStream().write(binding());

                assertSees(socket, answer(socket));
                assertThat(socket.getSession().getPeerCertificates()).containsExactly(shown.get(0));
                assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
                assertThat(socket.getApplicationProtocol()).isEqualTo("stun.turn");
            }
            assertThatThrownBy(() -> connectTls(server, ServerTrust.SYSTEM)).isInstanceOf(SSLException.class);
        }
    }

    private static SSLSocket connectTls(NatServer server, ServerTrust trust) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {trust.trustManager()}, null);
        InetSocketAddress address = server.localAddresses(Transport.TLS).get(0);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
        try {
            socket.setSoTimeout(READ_MILLIS);
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"stun.turn"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Test
    void whoDoesNotFinishTheTlsHandshakeIsCutOff() throws Exception {
        ConnectionLimits impatient = new ConnectionLimits(10, 10, Duration.ofMillis(50));
        try (NatServer server = server().listenTls(LOOPBACK).selfSignedCertificate().limits(impatient).start()) {
            InetSocketAddress address = server.localAddresses(Transport.TLS).get(0);
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                socket.setSoTimeout(READ_MILLIS);
                assertEnds(socket);
            }
            try (Socket plain = new Socket(address.getAddress(), address.getPort())) {
                plain.setSoTimeout(READ_MILLIS);
                plain.getOutputStream().write(binding());
                assertThat(plain.getInputStream().readAllBytes().length).as("an alert at most").isLessThan(10);
            }
        }
    }

    @Test
    void aCertificateThatWasReplacedIsShownWithoutANewStart(@TempDir java.nio.file.Path files) throws Exception {
        java.nio.file.Path pem = files.resolve("server.pem");
        java.nio.file.Path key = files.resolve("key.pem");
        X509Certificate before = write(pem, key, Instant.now().minusSeconds(100));
        try (NatServer server = server().listenTls(LOOPBACK).certificate(pem, key).start()) {
            assertThat(shownBy(server, before)).isTrue();
            Files.writeString(pem, "half a cert");
            X509Certificate after = write(pem, key, Instant.now());

            Eventually.until(() -> shownBy(server, after));
        }
    }

    private static X509Certificate write(java.nio.file.Path pem, java.nio.file.Path key, Instant when) throws IOException {
        ServerCertificate made =
                ServerCertificate.selfSigned(List.of(), List.of(InetAddress.getLoopbackAddress()), new SecureRandom());
        Files.writeString(key, pem("PRIVATE KEY", made.key().getEncoded()));
        Files.writeString(pem, pem("CERTIFICATE", encoded(made.chain().get(0))));
        Files.setLastModifiedTime(pem, FileTime.from(when));
        Files.setLastModifiedTime(key, FileTime.from(when));
        return made.chain().get(0);
    }

    private static byte[] encoded(X509Certificate certificate) throws IOException {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IOException(e);
        }
    }

    private static String pem(String kind, byte[] content) {
        String base64 = Base64.getMimeEncoder().encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
    }

    private static boolean shownBy(NatServer server, X509Certificate certificate) throws Exception {
        try (SSLSocket socket = connectTls(server, ServerTrust.of(List.of(certificate)))) {
            return socket.isConnected();
        } catch (SSLException e) {
            return false;
        }
    }

    @Test
    void aServerWithoutACertificateOrWithABadOneDoesNotStart(@TempDir java.nio.file.Path files) throws Exception {
        assertThatIllegalStateException().isThrownBy(() -> server().listenTls(LOOPBACK).start())
                .withMessageContaining("certificate");
        java.nio.file.Path empty = Files.writeString(files.resolve("empty.pem"), "nothing here");

        assertThatThrownBy(() -> server().listenTls(LOOPBACK).certificate(empty, empty).start())
                .isInstanceOf(IOException.class).hasMessageContaining("holds no certificate");
    }

    @Test
    void closingEndsAllConnections() throws Exception {
        NatServer server = server().start();
        try (Socket socket = connect(server)) {
            socket.getOutputStream().write(binding());
            assertSees(socket, answer(socket));
            long opened = server.driver().counters().opened.value();

            server.close();

            assertEnds(socket);
            assertThat(server.driver().counters().closed.value()).isEqualTo(opened);
        }
    }
}
