package io.natconnector.natpeer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.natconnector.NatServer;
import io.natconnector.metrics.NatServerMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What docs/relay.md and docs/natpeer.service speak of is there. */
@Timeout(60)
class RelayDocumentTest {
    private static Set<String> all(String pattern, String... files) throws IOException {
        Set<String> found = new TreeSet<>();
        for (String file : files) {
            Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Path.of("..", "docs", file)));
            while (matcher.find()) {
                found.add(matcher.group());
            }
        }
        return found;
    }

    @Test
    void everyOptionIsOneOfServe() throws IOException {
        CommandSpec spec = new CommandLine(new ServeCommand()).getCommandSpec();

        assertThat(all("--[a-z][a-z0-9-]+", "relay.md", "natpeer.service")).hasSizeGreaterThan(15)
                .allSatisfy(option -> assertThat(spec.findOption(option)).as(option).isNotNull());
    }

    @Test
    void everyVariableIsAnOption() throws IOException {
        CommandSpec spec = new CommandLine(new ServeCommand()).getCommandSpec();

        assertThat(all("NATPEER_[A-Z_]*[A-Z]", "relay.md")).contains("NATPEER_CONFIG").allSatisfy(variable -> assertThat(
                spec.findOption("--" + variable.substring(8).toLowerCase(Locale.ROOT).replace('_', '-'))).isNotNull());
    }

    @Test
    void everyMeterIsThere() throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (NatServer server = NatServer.builder().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).start()) {
            new NatServerMetrics(server).bindTo(registry);
            String scraped = registry.scrape();

            assertThat(all("natconnector_[a-z_]+", "relay.md")).hasSizeGreaterThan(10)
                    .allSatisfy(meter -> assertThat(scraped).contains("# TYPE " + meter + " "));
        }
    }
}
