package io.natconnector.dtls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Somebody else's DTLS at the other end, over loopback. */
@Timeout(60)
class OpensslIT {
    private static final DtlsIdentity OURS = DtlsIdentity.generate(new SecureRandom());
    private static final DtlsIdentity THEIRS = DtlsIdentity.generate(new SecureRandom());
    private static final int WAIT_MILLIS = 10;

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> received = new ArrayList<>();
    private final List<DtlsEvent> events = new ArrayList<>();
    private final long origin = System.nanoTime();
    private DatagramSocket socket;
    private Process openssl;
    private DtlsAssociation association;

    @BeforeAll
    static void isInstalled() throws InterruptedException {
        try {
            Assumptions.assumeTrue(new ProcessBuilder("openssl", "version").start().waitFor() == 0);
        } catch (IOException e) {
            System.err.println("SKIPPED: DTLS with OpenSSL: there is no openssl on the PATH");
            Assumptions.abort("no openssl");
        }
    }

    @BeforeEach
    void open() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setSoTimeout(WAIT_MILLIS);
        Files.writeString(directory.resolve("key.pem"), pem("PRIVATE KEY", THEIRS.key().getEncoded()));
        Files.writeString(directory.resolve("cert.pem"), pem("CERTIFICATE", THEIRS.encoded()));
    }

    @AfterEach
    void close() {
        openssl.destroyForcibly();
        association.close();
        for (ByteBuf left; (left = association.pollTransmit()) != null; ) {
            left.release();
        }
        socket.close();
        threads.shutdownNow();
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + what + "-----\n";
    }

    private void start(String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of("openssl"));
        line.addAll(List.of(command));
        line.addAll(List.of("-dtls1_2", "-cert", directory.resolve("cert.pem").toString(), "-key",
                directory.resolve("key.pem").toString()));
        openssl = new ProcessBuilder(line).redirectErrorStream(true).start();
        threads.execute(() -> {
            try (BufferedReader reader = openssl.inputReader(UTF_8)) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                // it was ended
            }
        });
    }

    private void associate(DtlsRole role) {
        association = new DtlsAssociation(OURS, role, THEIRS.fingerprint(), KeyLifetime.ENDLESS, new SecureRandom(),
                Handshakes.inStep(threads), () -> { });
        association.start(now());
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    /** Carries datagrams until that is so. */
    private void runUntil(BooleanSupplier condition) throws IOException {
        byte[] buffer = new byte[4096];
        while (!condition.getAsBoolean()) {
            transmit();
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                if (!socket.isConnected()) {
                    socket.connect(packet.getSocketAddress());
                }
                ByteBuf datagram = Unpooled.copiedBuffer(buffer, 0, packet.getLength());
                association.receive(datagram, now());
                datagram.release();
            } catch (SocketTimeoutException e) {
                // nothing came
            }
            if (now() >= association.nextTimeout()) {
                association.handleTimeout(now());
            }
            for (DtlsEvent event; (event = association.pollEvent()) != null; ) {
                events.add(event);
            }
            for (ByteBuf data; (data = association.pollData()) != null; ) {
                received.add(data.toString(UTF_8));
                data.release();
            }
        }
        transmit();
    }

    private void transmit() throws IOException {
        for (ByteBuf datagram; (datagram = association.pollTransmit()) != null; ) {
            send(datagram);
        }
    }

    private void send(ByteBuf datagram) throws IOException {
        byte[] bytes = new byte[datagram.readableBytes()];
        datagram.readBytes(bytes);
        datagram.release();
        socket.send(new DatagramPacket(bytes, bytes.length, socket.getRemoteSocketAddress()));
    }

    private String awaitLine(String part) throws InterruptedException {
        for (String line; (line = lines.poll(20, SECONDS)) != null; ) {
            if (line.contains(part)) {
                return line;
            }
        }
        throw new AssertionError("openssl did not say '" + part + "'");
    }

    private void talk(String cipher) throws Exception {
        runUntil(() -> association.isEstablished() && !events.isEmpty());
        assertThat(association.cipher()).isEqualTo(cipher);
        assertThat(events).first().isEqualTo(new DtlsEvent.Established(THEIRS.certificate()));
        for (int i = 0; i < 100; i++) {
            send(association.seal(Unpooled.copiedBuffer("from us " + i + "\n", UTF_8)));
        }
        awaitLine("from us 99");
        openssl.outputWriter().write("from openssl\n");
        openssl.outputWriter().flush();
        runUntil(() -> received.contains("from openssl\n"));
    }

    @ParameterizedTest
    @CsvSource({"ECDHE-ECDSA-AES128-GCM-SHA256, AES-128-GCM", "ECDHE-ECDSA-CHACHA20-POLY1305, ChaCha20-Poly1305"})
    void itsServerAnswersUs(String offered, String cipher) throws Exception {
        start("s_server", "-accept", "127.0.0.1:0", "-Verify", "1", "-cipher", offered);
        String accept = awaitLine("ACCEPT ");
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                Integer.parseInt(accept.substring(accept.lastIndexOf(':') + 1).strip())));
        associate(DtlsRole.CLIENT);
        talk(cipher);
    }

    @ParameterizedTest
    @CsvSource({"ECDHE-ECDSA-AES128-GCM-SHA256, AES-128-GCM", "ECDHE-ECDSA-CHACHA20-POLY1305, ChaCha20-Poly1305"})
    void itsClientIsAnsweredByUs(String offered, String cipher) throws Exception {
        associate(DtlsRole.SERVER);
        start("s_client", "-connect", "127.0.0.1:" + socket.getLocalPort(), "-cipher", offered);
        talk(cipher);
    }
}
