package io.natconnector.natpeer.file;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.Connector;
import io.natconnector.KnownPeers;
import io.natconnector.PeerChannel;
import io.natconnector.signal.InProcessExchange;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over loopback. */
@Timeout(60)
class FileTransferTest {
    private static final int LENGTH = 8 << 20;
    private static final Progress UNHEARD = (name, done, length) -> { };

    @TempDir
    private Path here;

    @TempDir
    private Path there;

    private final InProcessExchange exchange = new InProcessExchange();
    private final AtomicLong arrived = new AtomicLong();
    private Connector alice;
    private Connector bob;
    private Path file;
    private byte[] content;
    private volatile PeerChannel accepted;
    private volatile long breakAt = Long.MAX_VALUE;

    @BeforeAll
    static void isAvailable() {
        if (!FileQuic.isAvailable()) {
            System.err.println("SKIPPED: files over QUIC: there is no native QUIC for this platform");
            Assumptions.abort("no native QUIC");
        }
    }

    @BeforeEach
    void create() throws Exception {
        content = new byte[LENGTH];
        new Random(1).nextBytes(content);
        file = Files.write(here.resolve("a file.bin"), content);
        alice = connector("alice");
        bob = connector("bob");
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    private Connector connector(String name) {
        return Connector.builder().name(name).signaling(exchange.signaling()).plaintext().bind(InetAddress.getLoopbackAddress())
                .build();
    }

    private static FileQuic quic(String secret, KnownPeers known) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair keys = generator.generateKeyPair();
        return new FileQuic(keys, secret, known);
    }

    private static FileQuic quic(String secret) throws Exception {
        return quic(secret, (peer, identity) -> Optional.empty());
    }

    private void receive(FileQuic quic) {
        FileReceiver receiver = new FileReceiver(quic, there, (name, done, length) -> {
            arrived.set(done);
            if (done >= breakAt) {
                breakAt = Long.MAX_VALUE;
                accepted.close();
            }
        }, stored -> { });
        bob.listen(channel -> {
            accepted = channel;
            receiver.accept(channel);
        });
    }

    private CompletableFuture<Long> send(FileQuic quic) {
        return FileSender.send(alice, "bob", quic, file, new FileQuic.Idle(), UNHEARD);
    }

    @Test
    void aFileArrivesWhole() throws Exception {
        receive(quic("secret"));

        assertThat(send(quic("secret")).get(30, SECONDS)).isEqualTo(LENGTH);

        assertThat(there.resolve("a file.bin")).hasBinaryContent(content);
        assertThat(there).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void aFileThatBrokeOffGoesOnFromThere() throws Exception {
        breakAt = LENGTH / 2;
        receive(quic("secret"));
        assertThatThrownBy(() -> send(quic("secret")).get(30, SECONDS)).isNotNull();
        long first = Files.size(there.resolve("a file.bin.part"));
        assertThat(first).isBetween(LENGTH / 2L, LENGTH - 1L);

        assertThat(send(quic("secret")).get(30, SECONDS)).isEqualTo(LENGTH - first);

        assertThat(there.resolve("a file.bin")).hasBinaryContent(content);
    }

    @Test
    void whatIsLeftOfAnotherFileIsFoundOutAndDropped() throws Exception {
        Files.write(there.resolve("a file.bin.part"), new byte[1000]);
        receive(quic("secret"));

        assertThatThrownBy(() -> send(quic("secret")).get(30, SECONDS)).hasMessageContaining("not what was sent");
        assertThat(send(quic("secret")).get(30, SECONDS)).isEqualTo(LENGTH);

        assertThat(there.resolve("a file.bin")).hasBinaryContent(content);
    }

    @Test
    void aFileThatIsThereIsNotOverwritten() throws Exception {
        Files.writeString(there.resolve("a file.bin"), "mine");
        receive(quic("secret"));

        assertThatThrownBy(() -> send(quic("secret")).get(30, SECONDS)).hasMessageContaining("one of that name");

        assertThat(there.resolve("a file.bin")).hasContent("mine");
    }

    @Test
    void anEmptyFileIsAFile() throws Exception {
        Files.write(file, new byte[0]);
        receive(quic("secret"));

        assertThat(send(quic("secret")).get(30, SECONDS)).isZero();

        assertThat(there.resolve("a file.bin")).isEmptyFile();
    }

    @Test
    void whoDoesNotKnowTheSecretGetsAndGivesNothing() throws Exception {
        receive(quic("secret"));

        assertThatThrownBy(() -> send(quic("guess")).get(30, SECONDS)).isNotNull();

        assertThat(there).isEmptyDirectory();
    }

    @Test
    void whoIsNotWhoItIsKnownToBeGetsNothing() throws Exception {
        receive(quic("secret"));

        FileQuic suspicious = quic("secret", (peer, identity) -> Optional.of("another " + peer));
        assertThatThrownBy(() -> send(suspicious).get(30, SECONDS)).hasMessageContaining("another bob");

        assertThat(there).isEmptyDirectory();
    }
}
