package io.natconnector.natpeer.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.natconnector.natpeer.Natpeer;
import io.natconnector.natpeer.Running;
import io.natconnector.natpeer.Spoken;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.testkit.NatProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The lab's script, run with the classes under test. */
final class Lab {
    private static final Path SCRIPT = Path.of("lab", "natlab.py");

    private Lab() { }

    /** Skips the test, and says so, where this machine has no Python or does not permit namespaces and NATs. */
    static void require() throws Exception {
        assertThat(Files.exists(SCRIPT)).as(SCRIPT.toAbsolutePath().toString()).isTrue();
        Spoken answer;
        try (Running can = Running.program(List.of("python3", SCRIPT.toString(), "can"))) {
            answer = can.await();
        } catch (IOException e) {
            answer = new Spoken(ExitCode.ENVIRONMENT, "", "no python3: " + e.getMessage());
        }
        if (answer.code() == ExitCode.ENVIRONMENT) {
            System.err.println("SKIPPED: natpeer behind kernel NATs: " + answer.complaint());
            Assumptions.abort(answer.complaint());
        }
        assertThat(answer.code()).as(answer.complaint()).isEqualTo(ExitCode.OK);
    }

    /** What becomes of these pairs behind kernel NATs. */
    static Map<Cell, Outcome> outcomes(List<Cell> cells) throws Exception {
        Spoken spoken = run("matrix", "--cells", cells.stream().map(Cell::toString).collect(Collectors.joining(",")),
                "--jobs", "3");
        assertThat(spoken.code()).as(spoken.output() + spoken.complaint()).isEqualTo(ExitCode.OK);
        System.out.println(spoken.output());
        Map<Cell, Outcome> outcomes = new LinkedHashMap<>();
        for (JsonObject line : spoken.events()) {
            outcomes.put(Cell.of(NatProfile.named(line.get("a").getAsString()), NatProfile.named(line.get("b").getAsString())),
                    Outcome.named(line.get("outcome").getAsString()));
        }
        return outcomes;
    }

    /** What {@code natpeer check} says behind each of these NATs: by the NAT's name, as it saw it over IPv4. */
    static Map<String, JsonObject> checks(List<NatProfile> profiles) throws Exception {
        Spoken spoken = run("check", "--nats", profiles.stream().map(NatProfile::name).collect(Collectors.joining(",")));
        System.out.println(spoken.output());
        assertThat(spoken.code()).as(spoken.output() + spoken.complaint()).isEqualTo(ExitCode.OK);
        return spoken.events().stream().collect(Collectors.toMap(line -> line.get("a").getAsString(),
                line -> line.getAsJsonArray("nat").get(0).getAsJsonObject()));
    }

    /** What becomes of a connection when something happens to it. */
    static JsonObject story(String name) throws Exception {
        Spoken spoken = run(name);
        System.out.println(spoken.output());
        assertThat(spoken.code()).as(spoken.output() + spoken.complaint()).isEqualTo(ExitCode.OK);
        return spoken.event(name);
    }

    private static Spoken run(String... arguments) throws Exception {
        List<String> natpeer = List.of(System.getProperty("java.home") + "/bin/java", "-Xmx96m", "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-XX:-UsePerfData", "-cp", System.getProperty("java.class.path"), Natpeer.class.getName());
        List<String> command = new ArrayList<>(List.of("python3", SCRIPT.toString()));
        Stream.of(arguments).forEach(command::add);
        command.addAll(List.of("--json", "--natpeer",
                natpeer.stream().map(word -> "'" + word.replace("'", "'\\''") + "'").collect(Collectors.joining(" "))));
        try (Running lab = Running.program(command)) {
            return lab.await(300);
        }
    }
}
