package io.natconnector.natpeer.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.natpeer.Running;
import io.natconnector.natpeer.Spoken;
import io.natconnector.natpeer.cli.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stack of the browsers: ICE and DTLS, each in both roles. */
@Timeout(600)
class LibwebrtcIT {
    private static Namespace namespace;
    private static Path modules;

    @TempDir
    private Path directory;

    @BeforeAll
    static void create() throws Exception {
        modules = Installed.requireNpm("@roamhq/wrtc", "0.10.0");
        if (!Installed.succeeds(List.of("env", "NODE_PATH=" + modules, "node", "-e", "require('@roamhq/wrtc')"))) {
            Installed.skip("libwebrtc does not load on this platform");
        }
        namespace = Namespace.create();
    }

    @AfterAll
    static void remove() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void itControlsAndIsSpokenTo() throws Exception {
        assertThat(connect("controlling", "controlled")).contains("\"setup\":\"actpass\"");
    }

    @Test
    void weControlAndItSpeaksFirst() throws Exception {
        assertThat(connect("controlled", "controlling")).contains("\"setup\":\"active\"");
    }

    @Test
    void weControlAndItWantsToBeSpokenTo() throws Exception {
        assertThat(connect("controlled", "controlling", "--setup", "passive")).contains("\"setup\":\"passive\"");
    }

    /** Both must say that they are connected, and libwebrtc must stay so. */
    private String connect(String theirs, String ours, String... options) throws Exception {
        String script = Path.of(LibwebrtcIT.class.getResource("/libwebrtc_peer.js").toURI()).toString();
        List<String> line = new ArrayList<>(List.of("env", "NODE_PATH=" + modules, "node", script, "--role", theirs,
                "--dir", directory.toString(), "--timeout", "60"));
        line.addAll(List.of(options));
        try (Running it = Running.program(namespace.prefixed(line));
                Running we = Running.natpeer(namespace.prefix(), "ice", "--dtls", "--role", ours, "--dir", directory.toString(),
                        "--timeout", "60")) {
            we.awaitOutput(event -> event.contains("\"connected\""));
            Spoken spoken = it.await();
            assertThat(spoken.code()).as(spoken.output() + "\n" + spoken.complaint()).isEqualTo(ExitCode.OK);
            return spoken.output();
        }
    }
}
