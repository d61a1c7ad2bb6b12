package io.natconnector.natpeer.serve;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.natconnector.NatServerBuilder;
import io.natconnector.natpeer.cli.HostPort;
import io.natconnector.natpeer.cli.WholeNumber;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** What an operator wants to know of a server, and how it goes out of service. */
final class OperationOptions {
    @Option(names = "--metrics", paramLabel = "[ADDRESS:]PORT", converter = MetricsAddress.class,
            description = "HTTP port for an operator's programs, of loopback unless an address is given: /metrics for Prometheus, "
                + "/health, /ready. Not for the world: it asks for no password. Default: none.")
    private InetSocketAddress metrics;

    @Option(names = "--log-allocations", description = "A line on standard error for each allocation that is made and that ends.")
    private boolean logAllocations;

    @Option(names = "--alternate-server", paramLabel = "HOST:PORT", converter = HostPort.Converter.class,
            description = "Where clients are sent that there is no room for here, or not any more. Repeatable: one for IPv4, one "
                + "for IPv6.")
    private List<HostPort> alternates = new ArrayList<>();

    @Option(names = "--drain-seconds", paramLabel = "N", converter = WholeNumber.UpToADay.class, defaultValue = "60",
            description = "How long, after SIGTERM, those stay who have an allocation, while nobody new comes in; a second SIGTERM "
                + "ends that (default: ${DEFAULT-VALUE}).")
    private int drainSeconds;

    void addTo(NatServerBuilder builder) throws IOException {
        for (HostPort alternate : alternates) {
            builder.alternateServer(alternate.resolve());
        }
    }

    /** Turns on what is to be logged. */
    void log() {
        if (logAllocations) {
            ((Logger) LoggerFactory.getLogger("io.natconnector.allocations")).setLevel(Level.INFO);
        }
    }

    /** Where programs of the operator look at it; {@code null} when they don't. */
    InetSocketAddress metrics() {
        return metrics;
    }

    Duration drain() {
        return Duration.ofSeconds(drainSeconds);
    }
}
