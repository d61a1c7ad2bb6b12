package io.natconnector.natpeer.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.natpeer.Spoken;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class Ice4jIT {
    private static Namespace namespace;

    @TempDir
    private Path directory;

    @BeforeAll
    static void create() throws Exception {
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

        List<Spoken> both = sides.connect(sides.ours(), sides.ice4j());

        assertThat(both.get(0).event("connected").get("remote_addr")).isEqualTo(both.get(1).event("connected").get("local_addr"));
    }

    @Test
    void ice4jControls() throws Exception {
        Sides sides = new Sides(namespace, directory);

        List<Spoken> both = sides.connect(sides.ice4j(), sides.ours());

        assertThat(both.get(0).event("connected").get("remote_addr")).isEqualTo(both.get(1).event("connected").get("local_addr"));
    }

    @Test
    void withoutTrickle() throws Exception {
        Sides sides = new Sides(namespace, directory);

        sides.connect(sides.ours(), sides.ice4j(), "--no-trickle");
    }
}
