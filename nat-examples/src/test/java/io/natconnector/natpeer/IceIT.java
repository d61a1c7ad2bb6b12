package io.natconnector.natpeer;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.NatServer;
import io.natconnector.natpeer.cli.ExitCode;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions of two processes over loopback, with our own server. */
@Timeout(300)
class IceIT {
    @TempDir
    private Path directory;

    @Test
    void bothWarmUpBeforeTheClockStarts() throws Exception {
        for (Spoken side : connect("--barrier")) {
            assertThat(side.event("connected").get("local").getAsString()).isEqualTo("host");
            assertThat(side.output().lines().count()).as("the warm-up is not heard").isEqualTo(4);
        }
        assertThat(directory).isDirectoryContaining("glob:**controlling.ready").isDirectoryContaining("glob:**controlled.ready");
    }

    @Test
    void relayOnlyUsesTheRelayAndTellsNothingElse() throws Exception {
        try (NatServer server = NatServer.builder().listen(new InetSocketAddress("127.0.0.1", 0)).user("alice", "secret")
                .allowPeer("127.0.0.0/8").start()) {
            String address = "127.0.0.1:" + server.localAddress().getPort();

            List<Spoken> sides = connect("--relay-only", "--stun", address, "--turn", address, "--user", "alice",
                    "--pass", "secret");

            for (Spoken side : sides) {
                assertThat(side.event("final").get("local").getAsString()).isEqualTo("relay");
                assertThat(side.event("final").get("remote").getAsString()).isEqualTo("relay");
            }
            assertThat(directory.resolve("controlling.trickle")).content().contains("typ relay").doesNotContain("typ host")
                    .endsWith("end\n");
        }
    }

    @Test
    void oneWhoseOtherSideNeverGetsReadyGivesUp() throws Exception {
        try (Running alone = Running.natpeer(line("controlled", "--barrier", "--timeout", "0.5"))) {
            Spoken spoken = alone.await();

            assertThat(spoken.code()).isEqualTo(ExitCode.FAILED);
            assertThat(spoken.event("failed").get("why").getAsString()).contains("controlling.ready");
        }
    }

    private List<Spoken> connect(String... options) throws Exception {
        try (Running controlled = Running.natpeer(line("controlled", options));
                Running controlling = Running.natpeer(line("controlling", options))) {
            List<Spoken> sides = List.of(controlling.await(), controlled.await());
            sides.forEach(side -> assertThat(side.code()).as(side.output() + side.complaint()).isEqualTo(ExitCode.OK));
            return sides;
        }
    }

    private String[] line(String role, String... options) {
        List<String> line = new ArrayList<>(List.of("ice", "--role", role, "--dir", directory.toString(), "--bind", "127.0.0.1"));
        line.addAll(List.of(options));
        return line.toArray(String[]::new);
    }
}
