package io.natconnector.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.natconnector.Connector;
import io.natconnector.ConnectorEvent;
import io.natconnector.ConnectorStatistics;
import io.natconnector.NetworkReport;
import io.natconnector.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Meters of a connector: {@code Connector.builder().observer(new ConnectorMetrics(registry))}. One for each connector; where
 * several share a registry, give each tags of its own. What is read from the connector is gone from the registry when that is
 * closed; what was counted of its connections stays.
 */
public final class ConnectorMetrics implements Consumer<ConnectorEvent> {
    private static final Duration[] TIMES_TO_CONNECT = millis(50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000, 20_000);
    private static final Duration[] ROUND_TRIPS = millis(1, 5, 10, 25, 50, 100, 200, 500, 1_000);

    private final MeterRegistry registry;
    private final Tags tags;
    private final AtomicInteger channels = new AtomicInteger();
    private final List<Meter> live = new ArrayList<>();       // of the connector that is there, on its event loop

    public ConnectorMetrics(MeterRegistry registry) {
        this(registry, List.of());
    }

    /** @param tags of all its meters */
    public ConnectorMetrics(MeterRegistry registry, Iterable<Tag> tags) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.tags = Tags.of(tags);
    }

    private static Duration[] millis(long... numbers) {
        Duration[] durations = new Duration[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            durations[i] = Duration.ofMillis(numbers[i]);
        }
        return durations;
    }

    /** For {@link io.natconnector.ConnectorBuilder#observer}. */
    @Override
    public void accept(ConnectorEvent event) {
        if (event instanceof ConnectorEvent.Started started) {
            bind(started.connector());
        } else if (event instanceof ConnectorEvent.Gathered gathered) {
            count(gathered.report());
        } else if (event instanceof ConnectorEvent.Connected connected) {
            channels.incrementAndGet();
            Path path = connected.channel().path();
            connect("connected", kind(path), connected.incoming(), connected.after());
            roundTrip(path);
        } else if (event instanceof ConnectorEvent.Failed failed) {
            connect(lower(failed.cause().reason()), "none", failed.incoming(), failed.after());
        } else if (event instanceof ConnectorEvent.Moved moved) {
            counter("natconnector.path.changes", "Times that a channel's datagrams went another way", "to",
                    kind(moved.change().to())).increment();
            roundTrip(moved.change().to());
        } else if (event instanceof ConnectorEvent.Ended ended) {
            channels.decrementAndGet();
            counter("natconnector.channels.ended", "Channels that are over", "reason", lower(ended.cause().reason())).increment();
        } else if (event instanceof ConnectorEvent.Closed) {
            live.forEach(registry::remove);
            live.clear();
        }
    }

    private void connect(String outcome, String path, boolean incoming, Duration after) {
        Timer.builder("natconnector.connect").description("Attempts to connect, and how long they took")
                .tags(tags).tags("outcome", outcome, "path", path, "direction", incoming ? "incoming" : "outgoing")
                .serviceLevelObjectives(TIMES_TO_CONNECT).register(registry).record(after);
    }

    private void roundTrip(Path path) {
        if (path != null) {
            Timer.builder("natconnector.path.round.trip").description("Round trips of paths when they were chosen")
                    .tags(tags).tags("path", kind(path)).serviceLevelObjectives(ROUND_TRIPS).register(registry)
                    .record(path.roundTrip());
        }
    }

    private void count(NetworkReport report) {
        report.servers().forEach(server -> counter("natconnector.gathering",
                "Questions to STUN servers, relays and gateways", "server", server.kind().toString(),
                "outcome", server.address().isPresent() ? "answered" : "failed").increment());
    }

    private Counter counter(String name, String description, String... more) {
        return Counter.builder(name).description(description).tags(tags).tags(more).register(registry);
    }

    private void bind(Connector connector) {
        Snapshot<ConnectorStatistics> numbers = new Snapshot<>(connector::statistics, registry.config().clock());
        live.add(Gauge.builder("natconnector.channels.active", channels, AtomicInteger::get).tags(tags)
                .description("Channels to peers that are connected").register(registry));
        live.add(Gauge.builder("natconnector.sessions", connector, one -> numbers.get().sessions()).tags(tags)
                .description("Peers that are connected or being connected to").register(registry));
        String datagrams = "natconnector.datagrams";
        String all = "UDP datagrams, checks and questions to servers included";
        read(connector, datagrams, all, numbers, ConnectorStatistics::datagramsSent, "direction", "sent");
        read(connector, datagrams, all, numbers, ConnectorStatistics::datagramsReceived, "direction", "received");
        read(connector, "natconnector.datagrams.lost", "That the system refused, or for which a socket was full", numbers,
                ConnectorStatistics::datagramsFailed);
        String words = "natconnector.words.rejected";
        String turnedAway = "Words of peers that led to nothing";
        read(connector, words, turnedAway, numbers, ConnectorStatistics::wordsRefused, "reason", "refused");
        read(connector, words, turnedAway, numbers, ConnectorStatistics::wordsMalformed, "reason", "malformed");
        read(connector, words, turnedAway, numbers, ConnectorStatistics::wordsStale, "reason", "stale");
        read(connector, "natconnector.words.unsent", "Words that signalling did not take", numbers,
                ConnectorStatistics::wordsUnsent);
    }

    private void read(Connector connector, String name, String description, Snapshot<ConnectorStatistics> numbers,
            ToDoubleFunction<ConnectorStatistics> value, String... more) {
        live.add(FunctionCounter.builder(name, connector, one -> value.applyAsDouble(numbers.get())).tags(tags).tags(more)
                .description(description).register(registry));
    }

    private static String kind(Path path) {
        if (path == null) {
            return "none";
        }
        boolean host = path.localKind() == Path.Kind.HOST && path.remoteKind() == Path.Kind.HOST;
        return path.isRelayed() ? "relayed" : host ? "host" : "reflexive";
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
