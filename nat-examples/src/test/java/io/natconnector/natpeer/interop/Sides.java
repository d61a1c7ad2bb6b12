package io.natconnector.natpeer.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.natpeer.Running;
import io.natconnector.natpeer.Spoken;
import io.natconnector.natpeer.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The two sides of a session by {@code natpeer ice}'s command line, in a namespace. */
final class Sides {
    private final Namespace namespace;
    private final Path directory;

    Sides(Namespace namespace, Path directory) {
        this.namespace = namespace;
        this.directory = directory;
    }

    /** What one side of the session is run by: words before {@code --role}. */
    interface Program {
        Running start(List<String> arguments) throws IOException;
    }

    Program ours() {
        return arguments -> natpeer(List.of("ice"), arguments);
    }

    Program ice4j() {
        return arguments -> natpeer(List.of("ice", "--engine", "ice4j"), arguments);
    }

    private Running natpeer(List<String> command, List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(command);
        line.addAll(arguments);
        return Running.natpeer(namespace.prefix(), line.toArray(String[]::new));
    }

    Program script(String... command) {
        return arguments -> {
            List<String> line = new ArrayList<>(List.of(command));
            line.addAll(arguments);
            return Running.program(namespace.prefixed(line));
        };
    }

    /** Runs both; data must go both ways. */
    List<Spoken> connect(Program controlling, Program controlled, String... options) throws IOException, InterruptedException {
        try (Running one = controlling.start(arguments("controlling", options));
                Running other = controlled.start(arguments("controlled", options))) {
            List<Spoken> sides = List.of(one.await(), other.await());
            for (Spoken side : sides) {
                assertThat(side.code()).as(side.output() + "\n" + side.complaint()).isEqualTo(ExitCode.OK);
                assertThat(side.events()).extracting(event -> event.get("event").getAsString())
                        .contains("gathered", "connected", "data").endsWith("final");
            }
            return sides;
        }
    }

    private List<String> arguments(String role, String... options) {
        List<String> arguments = new ArrayList<>(List.of("--role", role, "--dir", directory.toString(), "--timeout", "60",
                "--count", "3"));
        arguments.addAll(List.of(options));
        return arguments;
    }
}
