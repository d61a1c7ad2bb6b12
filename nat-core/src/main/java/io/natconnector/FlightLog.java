package io.natconnector;

import io.natconnector.jfr.ConnectEvent;
import io.natconnector.jfr.ConnectionEndEvent;
import io.natconnector.jfr.GatheringEvent;
import io.natconnector.jfr.PathChangeEvent;
import io.natconnector.jfr.RelayAllocationEvent;
import java.time.Duration;
import java.util.Locale;

/** A connector's events as those of the flight recorder. Loaded only while that runs. */
final class FlightLog {
    private FlightLog() { }

    static void write(ConnectorEvent event) {
        if (event instanceof ConnectorEvent.Connected connected) {
            PeerChannel channel = connected.channel();
            write("connected", channel.path(), channel.identity() != null, channel.report(), connected.incoming(),
                    connected.after());
        } else if (event instanceof ConnectorEvent.Failed failed) {
            write(lower(failed.cause().reason()), null, false, failed.cause().report(), failed.incoming(), failed.after());
        } else if (event instanceof ConnectorEvent.Moved moved) {
            write(moved);
        } else if (event instanceof ConnectorEvent.Ended ended) {
            write(ended);
        } else if (event instanceof ConnectorEvent.Gathered gathered) {
            write(gathered.report());
        }
    }

    private static void write(String outcome, Path path, boolean encrypted, ConnectReport report, boolean incoming,
            Duration after) {
        ConnectEvent event = new ConnectEvent();
        if (!event.shouldCommit()) {
            return;
        }
        event.peer = report.peer();
        event.outcome = outcome;
        event.incoming = incoming;
        event.elapsed = after.toNanos();
        if (path != null) {
            event.local = Path.text(path.local());
            event.localKind = path.localKind().toString();
            event.remote = Path.text(path.remote());
            event.remoteKind = path.remoteKind().toString();
            event.relayed = path.isRelayed();
            event.roundTrip = path.roundTrip().toNanos();
        }
        event.encrypted = encrypted;
        event.localCandidates = report.local().size();
        event.remoteCandidates = report.remote().size();
        event.pairs = report.pairs().size();
        event.directness = lower(report.directness());
        event.commit();
    }

    private static void write(ConnectorEvent.Moved moved) {
        PathChangeEvent event = new PathChangeEvent();
        Path to = moved.change().to();
        event.peer = moved.channel().peer();
        event.from = moved.change().from() == null ? null : moved.change().from().toString();
        event.to = to == null ? null : to.toString();
        event.relayed = to != null && to.isRelayed();
        event.roundTrip = to == null ? 0 : to.roundTrip().toNanos();
        event.commit();
    }

    private static void write(ConnectorEvent.Ended ended) {
        ConnectionEndEvent event = new ConnectionEndEvent();
        ChannelStatistics statistics = ended.channel().statistics();
        event.peer = ended.channel().peer();
        event.reason = lower(ended.cause().reason());
        event.elapsed = ended.after().toNanos();
        event.sent = statistics.sent();
        event.received = statistics.received();
        event.dropped = statistics.dropped();
        event.commit();
    }

    private static void write(NetworkReport report) {
        GatheringEvent event = new GatheringEvent();
        event.sockets = report.local().size();
        event.reflexive = report.reflexive().size();
        event.relayed = report.relayed().size();
        event.servers = report.servers().size();
        event.answers = (int) report.servers().stream().filter(server -> server.address().isPresent()).count();
        event.mapping = lower(report.mapping());
        event.commit();
        report.servers().stream().filter(server -> server.kind() == ServerReport.Kind.RELAY).forEach(FlightLog::write);
    }

    private static void write(ServerReport relay) {
        RelayAllocationEvent event = new RelayAllocationEvent();
        event.server = relay.server();
        event.local = relay.local();
        event.relayed = relay.address().map(Path::text).orElse(null);
        event.outcome = relay.outcome();
        event.roundTrip = relay.roundTrip().map(Duration::toNanos).orElse(0L);
        event.commit();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
