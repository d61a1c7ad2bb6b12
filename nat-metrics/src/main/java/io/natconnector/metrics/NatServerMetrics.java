package io.natconnector.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.natconnector.NatServer;
import io.natconnector.SocketStatistics;
import io.natconnector.relay.RelayDrop;
import io.natconnector.relay.RelayStatistics;
import io.natconnector.stun.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Meters of a server: {@code new NatServerMetrics(server).bindTo(registry)}. All are read from what the server counts in any case,
 * half a second old at most. A registry that they are bound to holds the server; where there are several, give each tags of its
 * own.
 */
public final class NatServerMetrics implements MeterBinder {
    /** Those by which a user that is known is refused. */
    private static final List<Integer> CODES = List.of(ErrorCode.TRY_ALTERNATE, ErrorCode.BAD_REQUEST, ErrorCode.FORBIDDEN,
            ErrorCode.MOBILITY_FORBIDDEN, ErrorCode.UNKNOWN_ATTRIBUTE, ErrorCode.ALLOCATION_MISMATCH,
            ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED, ErrorCode.WRONG_CREDENTIALS, ErrorCode.UNSUPPORTED_TRANSPORT,
            ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH, ErrorCode.CONNECTION_ALREADY_EXISTS, ErrorCode.CONNECTION_TIMEOUT_OR_FAILURE,
            ErrorCode.ALLOCATION_QUOTA_REACHED, ErrorCode.INSUFFICIENT_CAPACITY);

    private final NatServer server;
    private final Tags tags;

    public NatServerMetrics(NatServer server) {
        this(server, List.of());
    }

    /** @param tags of all its meters */
    public NatServerMetrics(NatServer server, Iterable<Tag> tags) {
        this.server = Objects.requireNonNull(server, "server");
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Snapshot<RelayStatistics> relay = new Snapshot<>(server::statistics, registry.config().clock());
        bindAllocations(new Meters<>(registry, relay));
        bindData(new Meters<>(registry, relay));
        bindStrangers(new Meters<>(registry, relay));
        bindSockets(new Meters<>(registry, new Snapshot<>(server::sockets, registry.config().clock())));
        Gauge.builder("natconnector.server.draining", server, one -> one.isDraining() ? 1 : 0).tags(tags).strongReference(true)
                .description("1 while it goes out of service").register(registry);
        TimeGauge.builder("natconnector.server.loop.lag", server, TimeUnit.NANOSECONDS,
                one -> one.ping().map(Duration::toNanos).map(Long::doubleValue).orElse(Double.NaN)).tags(tags).strongReference(true)
                .description("How long the event loop took to answer just now; none if it did not").register(registry);
    }

    private void bindAllocations(Meters<RelayStatistics> meters) {
        meters.gauge("natconnector.relay.allocations.active", "Allocations that there are", RelayStatistics::activeAllocations);
        meters.gauge("natconnector.relay.sockets.open", "Relay sockets that are open", RelayStatistics::openSockets);
        meters.counter("natconnector.relay.allocations", "Allocations made", RelayStatistics::allocations);
        meters.counter("natconnector.relay.allocations.expired", "Allocations that nobody refreshed", RelayStatistics::expired);
        meters.counter("natconnector.relay.permissions", "Permissions given", RelayStatistics::permissions);
        meters.counter("natconnector.relay.channels", "Channels bound", RelayStatistics::channels);
        meters.counter("natconnector.relay.sockets.failed", "Relay sockets that could not be opened",
                RelayStatistics::failedSockets);
        for (int code : CODES) {
            meters.counter("natconnector.relay.refusals", "Requests of known users that were answered with an error",
                    numbers -> numbers.refusals().getOrDefault(code, 0L), "code", String.valueOf(code));
        }
    }

    private void bindData(Meters<RelayStatistics> meters) {
        String packets = "natconnector.relay.packets";
        meters.counter(packets, "Payloads relayed", RelayStatistics::toPeers, "direction", "to_peers");
        meters.counter(packets, "Payloads relayed", RelayStatistics::toClients, "direction", "to_clients");
        String bytes = "natconnector.relay.bytes";
        meters.counter(bytes, "Bytes of payloads relayed", RelayStatistics::bytesToPeers, "direction", "to_peers");
        meters.counter(bytes, "Bytes of payloads relayed", RelayStatistics::bytesToClients, "direction", "to_clients");
        String drops = "natconnector.relay.drops";
        for (RelayDrop reason : RelayDrop.values()) {
            meters.counter(drops, "What was not relayed", numbers -> numbers.drops().get(reason),
                    "reason", reason.name().toLowerCase(Locale.ROOT));
        }
        meters.counter(drops, "What was not relayed", RelayStatistics::limited, "reason", "rate");
    }

    private void bindStrangers(Meters<RelayStatistics> meters) {
        meters.counter("natconnector.stun.bindings", "Binding requests answered", RelayStatistics::bindings);
        meters.counter("natconnector.relay.challenges", "Answers to requests without good credentials (401, 438, 400)",
                RelayStatistics::challenges);
        meters.counter("natconnector.relay.unanswered", "Requests without proof of a source that had had its share of answers",
                RelayStatistics::unanswered);
        meters.counter("natconnector.relay.malformed", "Datagrams that were neither STUN nor ChannelData",
                RelayStatistics::malformed);
    }

    private void bindSockets(Meters<SocketStatistics> meters) {
        meters.gauge("natconnector.server.sockets.open", "Sockets and connections that are open", SocketStatistics::open);
        String datagrams = "natconnector.server.datagrams";
        meters.counter(datagrams, "Datagrams, and messages of connections", SocketStatistics::received, "direction", "received");
        meters.counter(datagrams, "Datagrams, and messages of connections", SocketStatistics::sent, "direction", "sent");
        String lost = "natconnector.server.datagrams.lost";
        meters.counter(lost, "Not sent, or not taken in", SocketStatistics::failed, "reason", "refused_by_system");
        meters.counter(lost, "Not sent, or not taken in", SocketStatistics::congested, "reason", "socket_full");
        meters.counter("natconnector.server.connections.turned.away", "Connections not taken in: there were enough",
                SocketStatistics::turnedAway);
        meters.counter("natconnector.server.connections.cut", "Connections that were silent, slow, or made no sense",
                SocketStatistics::cut);
    }

    /** Makes meters that read one snapshot. The server, which they hold only weakly, is held by the snapshot. */
    private final class Meters<T> {
        private final MeterRegistry registry;
        private final Snapshot<T> numbers;

        Meters(MeterRegistry registry, Snapshot<T> numbers) {
            this.registry = registry;
            this.numbers = numbers;
        }

        void counter(String name, String description, ToDoubleFunction<T> value, String... more) {
            FunctionCounter.builder(name, server, one -> value.applyAsDouble(numbers.get())).tags(tags).tags(more)
                    .description(description).register(registry);
        }

        void gauge(String name, String description, ToDoubleFunction<T> value) {
            Gauge.builder(name, server, one -> value.applyAsDouble(numbers.get())).tags(tags).strongReference(true)
                    .description(description).register(registry);
        }
    }
}
