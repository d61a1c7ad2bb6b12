package io.natconnector.natpeer.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class AioiceIT {
    /** Debian's, which finds Debian's packages; there may be another one in front of it on the PATH. */
    private static final String PYTHON = "/usr/bin/python3";
    private static Namespace namespace;

    @TempDir
    private Path directory;

    @BeforeAll
    static void create() throws Exception {
        Installed.require(List.of(PYTHON, "-c", "import aioice"), "python3-aioice");
        namespace = Namespace.create();
    }

    @AfterAll
    static void remove() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void weControl() throws Exception {
        Sides sides = new Sides(namespace, directory);

        assertThat(sides.connect(sides.ours(), aioice(sides))).hasSize(2);
    }

    @Test
    void aioiceControls() throws Exception {
        Sides sides = new Sides(namespace, directory);

        assertThat(sides.connect(aioice(sides), sides.ours())).hasSize(2);
    }

    private static Sides.Program aioice(Sides sides) throws IOException, URISyntaxException {
        return sides.script(PYTHON, Path.of(AioiceIT.class.getResource("/aioice_peer.py").toURI()).toString());
    }
}
