package io.natconnector.natpeer.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.natconnector.natpeer.Running;
import io.natconnector.natpeer.Spoken;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.file.FileQuic;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** natpeer send and receive, on a machine whose addresses change meanwhile. */
@Timeout(300)
class FileIT {
    private static final int MEGABYTES = 200;

    @TempDir
    private Path directory;

    @Test
    void aFileArrivesWholeThoughTheAddressThatItLeavesFromGoesAway() throws Exception {
        if (!FileQuic.isAvailable()) {
            Installed.skip("there is no native QUIC for this platform");
        }
        Path file = directory.resolve("file");
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < MEGABYTES; i++) {
                new Random(i).nextBytes(block);
                out.write(block);
            }
        }
        Path into = directory.resolve("into");
        try (Namespace namespace = Namespace.create()) {
            ip(namespace, "addr add 10.97.1.1/24 dev d1");
            try (Running bob = natpeer(namespace, "receive", "--name", "bob", "--into", into.toString());
                    Running alice = natpeer(namespace, "send", file.toString(), "bob", "--name", "alice")) {
                alice.awaitComplaint(line -> line.contains("\"progress\""));
                JsonObject path = event(bob.awaitComplaint(line -> line.contains("\"connected\"")));
                String address = path.get("local_addr").getAsString().split(":")[0];
                ip(namespace, "addr del " + address + "/24 dev " + (address.equals(Namespace.ADDRESS) ? "d0" : "d1"));

                Spoken spoken = alice.await();

                assertThat(spoken.code()).as(spoken.complaint()).isEqualTo(ExitCode.OK);
                assertThat(bob.awaitComplaint(line -> line.contains("\"path\""))).contains("\"local_addr\"");
                assertThat(Files.mismatch(file, into.resolve("file"))).isEqualTo(-1);
            }
        }
    }

    private static JsonObject event(String line) {
        return JsonParser.parseString(line).getAsJsonObject();
    }

    private static void ip(Namespace namespace, String command) throws Exception {
        List<String> line = namespace.prefixed(List.of("sh", "-c", "ip " + command));
        assertThat(Installed.succeeds(line)).as(String.join(" ", line)).isTrue();
    }

    private Running natpeer(Namespace namespace, String... arguments) throws Exception {
        String[] line = Arrays.copyOf(arguments, arguments.length + 3);
        line[arguments.length] = "--json";
        line[arguments.length + 1] = "--signal";
        line[arguments.length + 2] = "dir:" + directory.resolve("words");
        return Running.natpeer(namespace.prefix(), line);
    }
}
