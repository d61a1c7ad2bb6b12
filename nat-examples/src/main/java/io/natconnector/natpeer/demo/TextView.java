package io.natconnector.natpeer.demo;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.natconnector.natpeer.cli.Table;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Help.Ansi;

/** For people: a line for each thing that happens, then tables. */
final class TextView implements DemoView {
    private final PrintStream out;
    private final Set<String> known = new HashSet<>();
    private long start;

    TextView(PrintStream out) {
        this.out = out;
    }

    @Override
    public void serverReady(JsonObject event) {
        out.println(Ansi.AUTO.string("@|bold NatConnector demo|@: a server and two peers, each a process of its own, over UDP on "
                + "loopback"));
        out.println();
        out.printf("server   STUN and relay %s/udp, broker %s%n", text(event, "stun"), text(event, "broker"));
        out.flush();
    }

    @Override
    public void roundBegins(DemoRound.Kind kind) {
        out.println();
        String title = kind == DemoRound.Kind.DIRECT ? "1. Whatever path is best" : "2. Relay only";
        out.println(Ansi.AUTO.string("@|bold " + title + "|@"));
        out.println();
        out.flush();
        known.clear();
    }

    @Override
    public void asks(DemoRound.Kind kind) {
        start = System.nanoTime();
        line("alice", "asks for bob");
    }

    @Override
    public void event(DemoRound.Kind kind, String peer, JsonObject event) {
        switch (text(event, "event")) {
            case "up" -> out.printf("            %-6s is there%n", peer);
            case "told" -> fresh(event, peer + " told").forEach(candidate -> line(peer, "found     " + candidate));
            case "heard" -> {
                Set<String> fresh = fresh(event, peer + " heard");
                if (!fresh.isEmpty()) {
                    line(peer, "heard     " + String.join(", ", fresh) + "; checks");
                }
            }
            case "connected" -> line(peer, Ansi.AUTO.string("@|bold,green connected|@ ") + path(event));
            case "data" -> line(peer, "data went both ways");
            case "failed" -> line(peer, Ansi.AUTO.string("@|bold,red failed|@    ") + text(event, "why"));
            default -> { }
        }
    }

    private Set<String> fresh(JsonObject event, String whose) {
        Set<String> fresh = new LinkedHashSet<>();
        for (JsonElement candidate : event.getAsJsonArray("candidates")) {
            if (known.add(whose + candidate.getAsString())) {
                String[] words = candidate.getAsString().split(" ");
                fresh.add(kindOf(words[0]) + " " + words[1]);
            }
        }
        return fresh;
    }

    private static String kindOf(String type) {
        return switch (type) {
            case "srflx", "prflx" -> "reflexive";
            case "relay" -> "relayed";
            default -> type;
        };
    }

    private void line(String peer, String text) {
        out.printf(Locale.ROOT, "%7d ms  %-6s %s%n", (System.nanoTime() - start) / 1_000_000, peer, text);
        out.flush();
    }

    @Override
    public void roundEnds(DemoRound.Kind kind, DemoRound.Story alice, DemoRound.Story bob, boolean passed) {
        out.println();
        JsonObject report = alice.event("report") != null ? alice.event("report") : alice.event("failed");
        if (report != null && report.has("pairs")) {
            out.print(candidates(report).text("  "));
            out.println();
            out.print(pairs(report).text("  "));
            out.println();
        }
        summary(alice, bob);
        if (!passed) {
            out.println(Ansi.AUTO.string("  @|bold,red Data did not go both ways as it should.|@"));
        }
        out.flush();
    }

    private static Table candidates(JsonObject report) {
        Table table = new Table("candidate of", "kind", "address");
        for (String[] side : new String[][] {{"ours", "alice"}, {"theirs", "bob"}}) {
            for (JsonElement element : report.getAsJsonArray(side[0])) {
                JsonObject candidate = element.getAsJsonObject();
                table.row(side[1], text(candidate, "kind"), text(candidate, "address"));
            }
        }
        return table;
    }

    private static boolean isChosen(JsonObject pair, JsonObject report) {
        return report.has("local_addr") && text(pair, "local").endsWith(" " + text(report, "local_addr"))
                && text(pair, "remote").endsWith(" " + text(report, "remote_addr"));
    }

    private static Table pairs(JsonObject report) {
        Table table = new Table("pair: alice", "bob", "state", ">rtt ms", ">sent", ">answered", ">received", "");
        for (JsonElement element : report.getAsJsonArray("pairs")) {
            JsonObject pair = element.getAsJsonObject();
            table.row(text(pair, "local"), text(pair, "remote"), text(pair, "state"),
                    pair.has("rtt_ms") ? decimals(pair, "rtt_ms", 1) : "-", text(pair, "sent"), text(pair, "answered"),
                    text(pair, "received"), isChosen(pair, report) ? "chosen" : "");
        }
        return table;
    }

    private void summary(DemoRound.Story alice, DemoRound.Story bob) {
        JsonObject connected = alice.event("connected");
        if (connected == null) {
            return;
        }
        JsonObject last = alice.event("report") == null ? connected : alice.event("report");
        out.println("  path          " + path(last));
        out.println("  encrypted     with " + text(connected, "cipher") + ", peer identity " + text(connected, "identity"));
        out.println("  connected     after " + decimals(connected, "ms", 0) + " ms, in JVMs that have rehearsed it once");
        if (alice.event("rtt") != null) {
            out.println("  round trip    " + decimals(alice.event("rtt"), "ms", 2) + " ms");
        }
        JsonObject throughput = alice.event("throughput");
        if (throughput != null) {
            out.println("  throughput    " + decimals(throughput, "mbit_s", 0) + " Mbit/s, "
                    + decimals(throughput, "datagrams_s", 0) + " datagrams/s of 1200 bytes arrived, "
                    + decimals(throughput, "lost_percent", 1) + " % lost");
        }
    }

    private static String path(JsonObject event) {
        return event.has("local") ? text(event, "local") + " " + text(event, "local_addr") + " -> " + text(event, "remote") + " "
                + text(event, "remote_addr") : "none";
    }

    private static String text(JsonObject object, String member) {
        return object.has(member) ? object.get(member).getAsString() : "";
    }

    private static String decimals(JsonObject object, String member, int decimals) {
        return object.has(member) ? String.format(Locale.ROOT, "%." + decimals + "f", object.get(member).getAsDouble()) : "-";
    }

    @Override
    public void ends(boolean passed) {
        out.println();
        out.println(Ansi.AUTO.string(passed ? "@|bold,green Both connected, and data went both ways each time.|@"
                : "@|bold,red The demo failed.|@"));
        out.flush();
    }
}
