package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a broker that is not ours: Eclipse Mosquitto, if it is installed. */
class MosquittoIT {
    private static final String SECRET = "the secret of this test";

    @TempDir
    Path directory;

    private Path program;
    private Process mosquitto;
    private int port;

    @BeforeEach
    void findMosquitto() throws IOException {
        program = Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(path -> Path.of(path, "mosquitto")).filter(Files::isExecutable).findFirst().orElse(null);
        if (program == null) {
            System.err.println("MosquittoIT IS SKIPPED: no mosquitto on this machine. Install the package mosquitto to run it");
        }
        assumeThat(program).as("mosquitto is installed").isNotNull();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    private void start(String... lines) throws IOException {
        Path config = directory.resolve("mosquitto.conf");
        Files.write(config, Stream.concat(Stream.of("listener " + port + " 127.0.0.1", "persistence false",
                "user " + System.getProperty("user.name")), Stream.of(lines)).toList());
        mosquitto = new ProcessBuilder(program.toString(), "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("mosquitto.log").toFile())).start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (mosquitto != null) {
            mosquitto.destroy();
            if (!mosquitto.waitFor(10, TimeUnit.SECONDS)) {
                mosquitto.destroyForcibly().waitFor();
            }
        }
    }

    private MqttSignaling signaling() {
        return MqttSignaling.to("mqtt://127.0.0.1:" + port).secret(SECRET);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5})
    void carriesWordsInEveryVersion(int version) throws Exception {
        start("allow_anonymous true");
        Inbox alices = new Inbox();
        Inbox bobs = new Inbox();
        try (MqttSignaling alice = version == 0 ? signaling() : signaling().version(version); MqttSignaling bob = signaling()) {
            alice.start("alice", alices);
            bob.start("bob", bobs);
            alices.awaitState(true);
            bobs.awaitState(true);
            alice.send("nobody", "hello?").get(Inbox.PATIENCE_SECONDS, SECONDS);
            alice.send("bob", "hello").get(Inbox.PATIENCE_SECONDS, SECONDS);
            assertThat(bobs.next()).isEqualTo(new Inbox.Heard("alice", "hello"));
            bob.send("alice", "x".repeat(Letter.MAX_TEXT)).get(Inbox.PATIENCE_SECONDS, SECONDS);
            assertThat(alices.next().text()).hasSize(Letter.MAX_TEXT);
            assertThat(alice.statistics().unheard()).as("only version 5 can tell").isEqualTo(version == 3 ? 0 : 1);
        }
    }

    @Test
    void survivesThatMosquittoIsRestarted() throws Exception {
        start("allow_anonymous true");
        Inbox alices = new Inbox();
        Inbox bobs = new Inbox();
        try (MqttSignaling alice = signaling(); MqttSignaling bob = signaling()) {
            alice.start("alice", alices);
            bob.start("bob", bobs);
            alices.awaitState(true);
            bobs.awaitState(true);
            stop();
            alices.awaitState(false);
            bobs.awaitState(false);
            start("allow_anonymous true");
            alices.awaitState(true);
            bobs.awaitState(true);
            alice.send("bob", "hello again").get(Inbox.PATIENCE_SECONDS, SECONDS);
            assertThat(bobs.next().text()).isEqualTo("hello again");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void saysThatMosquittoWantsCredentials(int version) throws Exception {
        start("allow_anonymous false");
        Inbox inbox = new Inbox();
        try (MqttSignaling alice = signaling().version(version)) {
            alice.start("alice", inbox);
            String advice = inbox.awaitState(false).advice();
            // Mosquitto may not listen yet at the first attempt
            for (int i = 0; i < 5 && !advice.contains("credentials"); i++) {
                advice = inbox.awaitState(false).advice();
            }
            assertThat(advice).contains("it wants credentials");
        }
    }

    @Test
    void leavesNothingRetainedAtMosquitto() throws Exception {
        start("allow_anonymous true");
        Inbox alices = new Inbox();
        Inbox bobs = new Inbox();
        try (MqttSignaling alice = signaling(); MqttSignaling bob = signaling()) {
            alice.start("alice", alices);
            bob.start("bob", bobs);
            alices.awaitState(true);
            bobs.awaitState(true);
            alice.send("bob", "hello").get(Inbox.PATIENCE_SECONDS, SECONDS);
            bobs.next();
            try (RawMqtt late = RawMqtt.connect(port)) {
                late.subscribe("natconnector/#");
                alice.send("bob", "new").get(Inbox.PATIENCE_SECONDS, SECONDS);
                RawMqtt.Published first = late.next();
                assertThat(first.retained()).isFalse();
                assertThat(bobs.next().text()).isEqualTo("new");
            }
        }
    }
}
