package io.natconnector.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table in Markdown, with the load that it was measured under: the machine may have had other things to do. */
final class Report {
    private final String title;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();
    private final double loadBefore = load();
    private final String machine = machine();

    Report(String title, String... columns) {
        this.title = title;
        this.columns = List.of(columns);
    }

    /** Adds a row; numbers are shown with three significant digits or none behind the point, what is not known as a dash. */
    void row(Object... cells) {
        rows.add(Stream.of(cells).map(Report::text).toList());
    }

    static String text(Object cell) {
        if (!(cell instanceof Double number)) {
            return String.valueOf(cell);
        }
        if (number.isNaN()) {
            return "-";
        }
        double size = Math.abs(number);
        return String.format(Locale.ROOT, size >= 100 || size == 0 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", number);
    }

    void print(PrintStream out) {
        out.printf(Locale.ROOT, "%n%s%n%s; load average %.1f before, %.1f after%n%n", title, machine, loadBefore, load());
        out.println(line(columns));
        out.println(line(columns.stream().map(column -> "---").toList()));
        rows.forEach(row -> out.println(line(row)));
        out.flush();
    }

    private static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }

    /** Runnable threads in the last minute, by the system's count; negative where it doesn't count. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String machine() {
        return "%d processors (%s), %s %s, Java %s".formatted(Runtime.getRuntime().availableProcessors(), processor(),
                System.getProperty("os.name"), System.getProperty("os.version"), System.getProperty("java.version"));
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("unknown");
        } catch (IOException | UncheckedIOException e) {
            return "unknown";
        }
    }
}
