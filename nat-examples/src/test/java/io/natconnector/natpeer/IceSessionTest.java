package io.natconnector.natpeer;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.natpeer.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole command lines, over real sockets on loopback. */
@Timeout(60)
class IceSessionTest {
    @TempDir
    private Path directory;

    @Test
    void twoOfOursConnectAndDataGoesBothWays() throws Exception {
        List<Spoken> sides = both("--count", "3");

        for (Spoken side : sides) {
            assertThat(side.code()).as(side.complaint()).isEqualTo(ExitCode.OK);
            assertThat(side.events()).extracting(event -> event.get("event").getAsString())
                    .contains("gathered", "connected", "data").endsWith("final");
            assertThat(side.event("connected").get("local").getAsString()).isEqualTo("host");
            assertThat(side.event("connected").get("local_addr").getAsString()).startsWith("127.0.0.1:");
            assertThat(side.event("final").get("count").getAsInt()).isEqualTo(3);
        }
        assertThat(sides.get(0).event("connected").get("local_addr")).isEqualTo(sides.get(1).event("connected").get("remote_addr"));
        assertThat(directory).isDirectoryContaining("glob:**controlling.trickle").isDirectoryContaining("glob:**controlled.done");
    }

    @Test
    void withDtlsBothTellTheirFingerprintsAndDataGoesBothWays() throws Exception {
        List<Spoken> sides = both("--dtls");

        assertThat(sides).extracting(Spoken::code).as(sides.get(0).complaint()).containsOnly(ExitCode.OK);
        assertThat(Files.readString(directory.resolve("controlling.json"))).contains("\"fingerprint\":\"sha-256 ")
                .contains("\"setup\":\"actpass\"");
        assertThat(Files.readString(directory.resolve("controlled.json"))).contains("\"setup\":\"active\"");
    }

    @Test
    void withoutTrickleAllCandidatesStandInOneFile() throws Exception {
        List<Spoken> sides = both("--no-trickle");

        assertThat(sides).extracting(Spoken::code).containsOnly(ExitCode.OK);
        assertThat(directory).isDirectoryNotContaining("glob:**.trickle");
        assertThat(Files.readString(directory.resolve("controlled.json"))).contains("\"trickle\":false").contains("typ host");
    }

    @Test
    void oneThatIsAloneFailsAndSaysWhy() {
        Spoken side = Spoken.by(line("controlled", "--timeout", "0.3"));

        assertThat(side.code()).isEqualTo(ExitCode.FAILED);
        assertThat(side.event("failed").get("why").getAsString()).isNotEmpty();
        assertThat(side.event("connected")).isNull();
    }

    @Test
    void wordsThatAreNoneEndIt() throws Exception {
        Files.writeString(directory.resolve("controlling.json"), "{}");

        Spoken side = Spoken.by(line("controlled", "--timeout", "30"));

        assertThat(side.code()).isEqualTo(ExitCode.FAILED);
        assertThat(side.event("failed").get("why").getAsString()).contains("controlling.json").contains("ufrag");
    }

    @Test
    void aBenchmarkPrintsOneLine() {
        Spoken bench = Spoken.by("ice", "--bench", "conns:1", "--bind", "127.0.0.1");

        assertThat(bench.code()).isEqualTo(ExitCode.OK);
        assertThat(bench.events()).hasSize(1);
        assertThat(bench.events().get(0).get("conns").getAsInt()).isPositive();
        assertThat(bench.events().get(0).get("failed").getAsInt()).isZero();
    }

    private List<Spoken> both(String... options) throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Spoken> controlled = other.submit(() -> Spoken.by(line("controlled", options)));
            Spoken controlling = Spoken.by(line("controlling", options));
            return List.of(controlling, controlled.get());
        } finally {
            other.shutdown();
        }
    }

    private String[] line(String role, String... options) {
        List<String> line = new ArrayList<>(List.of("ice", "--role", role, "--dir", directory.toString(), "--bind", "127.0.0.1"));
        line.addAll(List.of(options));
        return line.toArray(String[]::new);
    }
}
