package io.natconnector;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who does not record pays nothing for it: a process that starts in order to connect counts in milliseconds. */
@Timeout(120)
class LoadedClassesTest {
    @Test
    void aProcessThatConnectsLoadsNoEventsOfTheFlightRecorderUnlessThatRuns(@TempDir Path directory) throws Exception {
        List<String> loaded = loaded(directory.resolve("plain"));
        assertThat(loaded).contains("io.natconnector.DefaultConnector");
        // Netty asks whether there is a flight recorder, too; what an event takes is another matter
        assertThat(loaded).doesNotContain("jdk.jfr.Category", "jdk.jfr.internal.MetadataRepository");
        assertThat(loaded).filteredOn(isOf("io.natconnector.jfr.")).containsExactly("io.natconnector.jfr.Recorder");
        assertThat(loaded).doesNotContain("io.natconnector.FlightLog").noneMatch(isOf("io.natconnector.ConnectorEvent"));

        List<String> recording = loaded(directory.resolve("recording"),
                "-XX:StartFlightRecording:filename=" + directory.resolve("recording.jfr"));
        assertThat(recording).contains("io.natconnector.jfr.ConnectEvent", "jdk.jfr.internal.MetadataRepository");
    }

    private static Predicate<String> isOf(String prefix) {
        return name -> name.startsWith(prefix);
    }

    private static List<String> loaded(Path log, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java",
                "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dio.netty.jfr.enabled=false",
                "-Xlog:disable", "-Xlog:class+load:file=" + log + "::filesize=0"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ConnectProgram.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, SECONDS)).isTrue();
        assertThat(output).contains("hello");
        return Files.readAllLines(log).stream().map(line -> line.replaceFirst("^(\\[[^]]*])*\\s*", ""))
                .filter(line -> line.contains(" source: ")).map(line -> line.substring(0, line.indexOf(' '))).toList();
    }
}
