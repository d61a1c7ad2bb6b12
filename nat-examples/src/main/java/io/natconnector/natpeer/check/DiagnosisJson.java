package io.natconnector.natpeer.check;

import io.natconnector.ConnectReport;
import io.natconnector.NatReport;
import io.natconnector.ServerReport;
import io.natconnector.natpeer.cli.JsonLine;
import io.natconnector.natpeer.cli.Text;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A diagnosis for programs: a line about the network, and one about the peer if there is one. */
final class DiagnosisJson {
    private DiagnosisJson() { }

    static List<JsonLine> lines(Diagnosis diagnosis) {
        return Stream.concat(Stream.of(network(diagnosis)), diagnosis.pair().stream().map(DiagnosisJson::pair)).toList();
    }

    private static JsonLine network(Diagnosis diagnosis) {
        return JsonLine.event("network").put("local", texts(diagnosis.network().local()))
                .put("reflexive", texts(diagnosis.network().reflexive())).put("relayed", texts(diagnosis.network().relayed()))
                .put("mapping", word(diagnosis.network().mapping())).put("udp", word(diagnosis.udp()))
                .put("ipv6", texts(diagnosis.ipv6())).put("ipv6_works", diagnosis.ipv6Works())
                .putLines("nat", diagnosis.nats().stream().map(DiagnosisJson::nat).toList())
                .put("port_mapping_asked", diagnosis.gatewaysAsked())
                .putLines("servers", Stream.of(ServerReport.Kind.values()).flatMap(kind -> diagnosis.of(kind).stream())
                        .map(DiagnosisJson::server).toList())
                .put("prospect", diagnosis.prospect());
    }

    private static JsonLine nat(NatReport nat) {
        JsonLine line = new JsonLine().put("local", Text.address(nat.local()));
        nat.mapped().ifPresent(mapped -> line.put("mapped", Text.address(mapped)));
        line.put("mapping", word(nat.mapping())).put("filtering", word(nat.filtering()));
        nat.hairpin().ifPresent(works -> line.put("hairpin", works));
        nat.portKept().ifPresent(kept -> line.put("port_kept", kept));
        nat.stride().ifPresent(stride -> line.put("stride", stride));
        nat.lifetime().ifPresent(time -> {
            line.put("idle_s_at_least", time.atLeast().toMillis() / 1e3);
            time.lessThan().ifPresent(limit -> line.put("idle_s_less_than", limit.toMillis() / 1e3));
        });
        return line.put("server_has_two_addresses", nat.serverHasTwoAddresses());
    }

    private static JsonLine server(ServerReport server) {
        JsonLine line = new JsonLine().put("kind", server.kind().toString()).put("server", server.server())
                .put("from", server.local()).put("ok", server.address().isPresent());
        server.address().ifPresent(address -> line.put("address", Text.address(address)));
        server.roundTrip().ifPresent(time -> line.put("rtt_ms", time.toNanos() / 1e6));
        return line.put("outcome", server.outcome());
    }

    private static JsonLine pair(ConnectReport pair) {
        JsonLine line = JsonLine.event("pair").put("peer", pair.peer()).put("connected", pair.connectedAfter().isPresent());
        pair.connectedAfter().ifPresent(after -> line.put("ms", after.toNanos() / 1e6));
        line.put("direct", pair.path().map(path -> !path.isRelayed()).orElse(false));
        pair.path().ifPresent(path -> line.put("local", path.localKind().toString()).put("local_addr", Text.address(path.local()))
                .put("remote", path.remoteKind().toString()).put("remote_addr", Text.address(path.remote()))
                .put("rtt_ms", path.roundTrip().toNanos() / 1e6));
        return line.put("heard", pair.heardFromPeer()).put("nat", word(pair.nat())).put("peer_nat", word(pair.peerNat()))
                .put("ours", pair.local().stream().map(Object::toString).toList())
                .put("theirs", pair.remote().stream().map(Object::toString).toList())
                .put("tried", Ways.of(pair)).put("verdict", word(pair.directness())).put("why", pair.directness().meaning())
                .put("would_help", pair.directness().help())
                .putLines("pairs", pair.pairs().stream().map(one -> new JsonLine().put("ours", one.local().toString())
                        .put("theirs", one.remote().toString()).put("state", one.state()).put("nominated", one.nominated())
                        .put("sent", one.checksSent()).put("answered", one.checksAnswered())
                        .put("received", one.checksReceived()).put("outcome", one.outcome())).toList());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> texts(List<InetSocketAddress> addresses) {
        return addresses.stream().map(Text::address).toList();
    }
}
