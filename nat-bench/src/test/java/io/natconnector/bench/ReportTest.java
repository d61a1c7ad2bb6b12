package io.natconnector.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReportTest {
    @Test
    void percentilesAreByNearestRank() {
        Sample sample = new Sample();
        for (int value = 10; value >= 1; value--) {
            sample.add(value);
        }

        assertThat(sample.median()).isEqualTo(5);
        assertThat(sample.percentile(95)).isEqualTo(10);
        assertThat(sample.percentile(90)).isEqualTo(9);
        assertThat(sample.least()).isEqualTo(1);
        assertThat(sample.most()).isEqualTo(10);
        assertThat(new Sample().median()).isNaN();
    }

    @Test
    void aTableSaysUnderWhatLoadItWasMade() {
        Report report = new Report("Title", "what", "how much");
        report.row("this", 1.234);
        report.row("that", 12345.6);
        report.row("none", Double.NaN);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        report.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));

        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("Title", "load average", "| what | how much |", "| --- | --- |",
                "| this | 1.23 |", "| that | 12346 |", "| none | - |");
    }
}
