package io.natconnector.natpeer.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.natconnector.natpeer.Running;
import io.natconnector.natpeer.Spoken;
import io.natconnector.natpeer.cli.ExitCode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** coturn as our STUN server and relay. */
@Timeout(600)
class CoturnIT {
    private static final String SERVER = Namespace.ADDRESS + ":3478";
    private static Namespace namespace;
    private static Running coturn;
    private static Path certificate;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start(@TempDir Path files) throws Exception {
        Installed.require(List.of("sh", "-c", "command -v turnserver && command -v openssl"), "coturn");
        namespace = Namespace.create();
        certificate = files.resolve("cert.pem");
        Path key = files.resolve("key.pem");
        Process openssl = new ProcessBuilder("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=relay", "-addext", "subjectAltName=IP:" + Namespace.ADDRESS, "-keyout", key.toString(), "-out",
                certificate.toString()).redirectErrorStream(true).start();
        openssl.getInputStream().readAllBytes();
        assertThat(openssl.waitFor()).isZero();
        coturn = Running.program(namespace.prefixed(List.of("turnserver", "-n", "-c", "/dev/null",
                "--listening-ip", Namespace.ADDRESS, "--relay-ip", Namespace.ADDRESS, "--realm", "example.org",
                "--lt-cred-mech", "--user", "alice:secret", "--no-dtls", "--cert", certificate.toString(),
                "--pkey", key.toString(), "--no-cli",
                "--log-file", "stdout",
                "--pidfile", files.resolve("pid").toString(),
                "--userdb", files.resolve("db").toString())));
        coturn.awaitOutput(line -> line.contains("DB connection success"));    // the last thing that it does
    }

    @AfterAll
    static void end() {
        if (coturn != null) {
            coturn.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void itTellsOurAddressAndLendsUsOne() throws Exception {
        try (Running check = Running.natpeer(namespace.prefix(), "check", "--json", "--timeout", "20", "--stun", SERVER,
                "--relay", "turn:alice:secret@" + SERVER)) {
            Spoken spoken = check.await();

            assertThat(spoken.code()).as(spoken.output() + spoken.complaint()).isEqualTo(ExitCode.OK);
            JsonObject network = spoken.event("network");
            assertThat(network.get("mapping").getAsString()).isEqualTo("none");
            assertThat(network.getAsJsonArray("relayed").get(0).getAsString()).startsWith(Namespace.ADDRESS);
        }
    }

    @Test
    void itRelaysBetweenTwoOfOurs() throws Exception {
        Sides sides = new Sides(namespace, directory);

        List<Spoken> both = sides.connect(sides.ours(), sides.ours(), "--relay-only", "--stun", SERVER, "--turn", SERVER,
                "--user", "alice", "--pass", "secret");

        for (Spoken side : both) {
            assertThat(side.event("final").get("local").getAsString()).isEqualTo("relay");
            assertThat(side.event("final").get("remote").getAsString()).isEqualTo("relay");
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp, 3478", "tls, 5349"})
    void itRelaysBetweenTwoOfOursThatReachItOver(String transport, int port) throws Exception {
        Sides sides = new Sides(namespace, directory);

        List<Spoken> both = sides.connect(sides.ours(), sides.ours(), "--relay-only", "--turn", Namespace.ADDRESS + ":" + port,
                "--turn-transport", transport, "--trust", certificate.toString(), "--user", "alice", "--pass", "secret");

        for (Spoken side : both) {
            assertThat(side.event("final").get("local").getAsString()).isEqualTo("relay");
            assertThat(side.event("final").get("remote").getAsString()).isEqualTo("relay");
        }
    }

    @Test
    void itRelaysBetweenUsAndIce4j() throws Exception {
        Sides sides = new Sides(namespace, directory);

        sides.connect(sides.ours(), sides.ice4j(), "--relay-only", "--turn", SERVER, "--user", "alice", "--pass", "secret");
    }
}
