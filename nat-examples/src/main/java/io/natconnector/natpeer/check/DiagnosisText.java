package io.natconnector.natpeer.check;

import io.natconnector.ConnectReport;
import io.natconnector.NatReport;
import io.natconnector.ServerReport;
import io.natconnector.natpeer.cli.Table;
import io.natconnector.natpeer.cli.Text;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;

/** A diagnosis for people. Not thread-safe. */
final class DiagnosisText {
    private static final int WIDTH = 13;

    private final Diagnosis diagnosis;
    private final StringBuilder text = new StringBuilder();

    DiagnosisText(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    String text() {
        line("local", list(diagnosis.network().local(), "none: is there a network?"));
        line("reflexive", list(diagnosis.network().reflexive(), "none"));
        line("relayed", list(diagnosis.network().relayed(), "none"));
        line("UDP", diagnosis.udp().meaning());
        line("IPv6", ipv6());
        diagnosis.nats().forEach(this::nat);
        if (diagnosis.nats().isEmpty()) {
            line("NAT", diagnosis.network().mapping().meaning());
        }
        line("port mapping", portMapping());
        servers();
        text.append('\n').append(diagnosis.prospect()).append('\n');
        diagnosis.pair().ifPresent(this::pair);
        return text.toString();
    }

    private void line(String label, String value) {
        text.append(label).append(" ".repeat(Math.max(1, WIDTH - label.length()))).append(value).append('\n');
    }

    private String ipv6() {
        if (diagnosis.ipv6().isEmpty()) {
            return "no address here";
        }
        return list(diagnosis.ipv6(), "") + (diagnosis.ipv6Works() ? ", and it works"
                : ", but no server has answered over IPv6: has one of them such an address?");
    }

    private void nat(NatReport nat) {
        line(nat.local().getAddress() instanceof Inet6Address ? "firewall, v6" : "NAT", Text.address(nat.local())
                + nat.mapped().map(mapped -> " is seen as " + Text.address(mapped)).orElse(" is seen by nobody"));
        if (nat.mapped().isEmpty()) {
            return;
        }
        line("  mapping", nat.mapping().meaning());
        line("  filtering", nat.filtering().meaning());
        line("  hairpin", nat.hairpin().map(works -> works ? "yes" : "no").orElse("not known"));
        line("  ports", nat.ports());
        nat.lifetime().ifPresent(time -> line("  idle", "a binding that nobody uses lasts " + time));
    }

    private String portMapping() {
        List<ServerReport> gateways = diagnosis.of(ServerReport.Kind.GATEWAY);
        if (!diagnosis.gatewaysAsked()) {
            return "not asked; --port-mapping asks the router to open a port, and gives it back";
        }
        if (gateways.isEmpty()) {
            return "no gateway here that could be asked";
        }
        return String.join("; ", gateways.stream().map(gateway -> gateway.server() + ": " + gateway.outcome()).toList());
    }

    private void servers() {
        Table table = new Table("kind", "server", "asked from", ">ms", "outcome");
        for (ServerReport.Kind kind : List.of(ServerReport.Kind.STUN, ServerReport.Kind.RELAY)) {
            diagnosis.of(kind).forEach(server -> table.row(server.kind(), server.server(), server.local(),
                    server.roundTrip().map(Text::millis).orElse("-"), server.outcome()));
        }
        if (!table.isEmpty()) {
            text.append('\n').append(table.text(""));
        }
    }

    private void pair(ConnectReport pair) {
        text.append('\n');
        line("with " + pair.peer(), pair.connectedAfter().map(after -> "connected after " + Text.millis(after) + " ms")
                .orElse("not connected after " + Text.millis(pair.elapsed()) + " ms"));
        pair.path().ifPresent(path -> line("  path", (path.isRelayed() ? "through a relay: " : "direct: ") + path));
        line("  our NAT", pair.nat().meaning());
        line("  its NAT", pair.peerNat().meaning());
        line("  our side", list(pair.local()));
        line("  its side", pair.heardFromPeer() ? list(pair.remote())
                : "not heard of: is it there, listening under this name, and does signalling reach it?");
        String label = "  ways";
        for (String way : Ways.of(pair)) {
            line(label, way);
            label = "";
        }
        line("  so", pair.directness().meaning());
        if (!pair.directness().help().isEmpty()) {
            line("  would help", pair.directness().help());
        }
        Table table = new Table("ours", "theirs", "state", ">ms", ">sent", ">answered", ">received");
        pair.pairs().forEach(one -> table.row(one.local(), one.remote(), (one.nominated() ? "*" : "") + one.state(),
                one.roundTrip().map(Text::millis).orElse("-"), one.checksSent(), one.checksAnswered(), one.checksReceived()));
        if (!table.isEmpty()) {
            text.append('\n').append(table.text("  "));
        }
    }

    private static String list(List<ConnectReport.Candidate> candidates) {
        return candidates.isEmpty() ? "none" : String.join(", ", candidates.stream().map(Object::toString).toList());
    }

    private static String list(List<InetSocketAddress> addresses, String none) {
        return addresses.isEmpty() ? none : String.join("  ", addresses.stream().map(Text::address).toList());
    }
}
