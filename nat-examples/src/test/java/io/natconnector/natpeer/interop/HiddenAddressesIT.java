package io.natconnector.natpeer.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.natpeer.Running;
import io.natconnector.natpeer.Spoken;
import io.natconnector.natpeer.cli.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts of one network, real multicast between them, and nobody else. */
@Timeout(300)
class HiddenAddressesIT {
    @TempDir
    private Path directory;

    @Test
    void peersThatTellEachOtherNamesAloneFindEachOtherInTheirNetwork() throws Exception {
        try (Namespace here = Namespace.create(); Namespace there = here.neighbour();
                Running bob = natpeer(there, "listen", "--name", "bob", "--echo");
                Running alice = natpeer(here, "connect", "bob", "--name", "alice")) {
            alice.awaitComplaint(line -> line.contains("connected with bob") && line.contains(Namespace.NEIGHBOUR));
            alice.type("hello");
            alice.awaitOutput("hello"::equals);
            alice.endInput();

            Spoken spoken = alice.await();
            assertThat(spoken.code()).as(spoken.complaint() + bob).isEqualTo(ExitCode.OK);
        }
    }

    private Running natpeer(Namespace namespace, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(Arrays.asList(arguments));
        line.addAll(List.of("--hide-addresses", "--signal", "dir:" + directory.resolve("words")));
        return Running.natpeer(namespace.prefix(), line.toArray(String[]::new));
    }
}
