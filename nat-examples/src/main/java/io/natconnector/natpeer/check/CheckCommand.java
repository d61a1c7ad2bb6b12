package io.natconnector.natpeer.check;

import io.natconnector.Connector;
import io.natconnector.NetworkReport;
import io.natconnector.ServerReport;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.cli.JsonLine;
import io.natconnector.natpeer.cli.Seconds;
import io.natconnector.natpeer.cli.ServerOptions;
import io.natconnector.natpeer.cli.Table;
import io.natconnector.natpeer.cli.Text;
import io.natconnector.natpeer.cli.Verbosity;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code natpeer check}. */
@Command(name = "check", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = "Looks at the network: our addresses, how others see us, how the NAT maps, which servers answer, how fast.",
        footer = {"", "Exit codes: 0 every server answered; 1 one did not; 2 wrong options; 3 this machine did not let us."})
public final class CheckCommand implements Callable<Integer> {
    /** The first answers in a JVM come slowly, because of us and not of the network: they are not counted. */
    private static final Duration REHEARSAL = Duration.ofMillis(700);

    @Mixin
    private ServerOptions servers;

    @Option(names = "--timeout", paramLabel = "SEC", converter = Seconds.class, defaultValue = "3",
            description = "How long to wait for a server (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(names = "--json", description = "One JSON line instead of a table.")
    private boolean json;

    @Mixin
    private Verbosity verbosity;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (servers.stunServers().isEmpty() && servers.relayServers().isEmpty()) {
            throw new ParameterException(spec.commandLine(),
                    "--stun takes a server to ask, HOST:PORT, and --relay a TURN server; give one at"
                    + " least, two STUN servers to learn how the NAT maps");
        }
        look(timeout.compareTo(REHEARSAL) < 0 ? timeout : REHEARSAL);
        NetworkReport report = look(timeout);
        List<ServerReport> answers = new ArrayList<>(report.servers());
        servers.stunServers().forEach(server -> addMissing(answers, ServerReport.Kind.STUN, server));
        servers.relayServers().forEach(server -> addMissing(answers, ServerReport.Kind.RELAY, server));
        print(report, answers, spec.commandLine().getOut());
        // A home gateway that opens no port is no failure: most don't, and nobody has asked for it
        return answers.stream().allMatch(server -> server.address().isPresent() || server.kind() == ServerReport.Kind.GATEWAY)
                ? ExitCode.OK : ExitCode.FAILED;
    }

    private NetworkReport look(Duration patience) throws IOException, InterruptedException {
        try (Connector connector = servers.addTo(Connector.builder().plaintext()).build()) {
            return connector.check(patience).get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** One that has not answered yet is in no report. */
    private void addMissing(List<ServerReport> answers, ServerReport.Kind kind, String server) {
        if (answers.stream().noneMatch(answer -> answer.kind() == kind
                && (answer.server().equals(server) || answer.server().startsWith(server + " (")))) {
            answers.add(new ServerReport(kind, server, "", Optional.empty(), Optional.empty(),
                    "no answer in " + timeout.toMillis() / 1000.0 + " s: is it up, is UDP blocked?"));
        }
    }

    private void print(NetworkReport report, List<ServerReport> answers, PrintWriter out) {
        if (json) {
            out.println(json(report, answers));
            out.flush();
            return;
        }
        out.println("local      " + list(report.local(), "none: is there a network?"));
        out.println("reflexive  " + list(report.reflexive(), "none"));
        out.println("relayed    " + list(report.relayed(), "none"));
        out.println("mapping    " + report.mapping().meaning());
        out.println();
        Table table = new Table("kind", "server", "asked from", ">ms", "outcome");
        answers.forEach(server -> table.row(server.kind(), server.server(), server.local(),
                server.roundTrip().map(Text::millis).orElse("-"), server.outcome()));
        out.print(table.text(""));
        out.flush();
    }

    private static String list(List<InetSocketAddress> addresses, String none) {
        return addresses.isEmpty() ? none : String.join("  ", addresses.stream().map(Text::address).toList());
    }

    private static JsonLine json(NetworkReport report, List<ServerReport> answers) {
        return JsonLine.event("network").put("local", texts(report.local())).put("reflexive", texts(report.reflexive()))
                .put("relayed", texts(report.relayed())).put("mapping", report.mapping().name().toLowerCase(Locale.ROOT))
                .putLines("servers", answers.stream().map(CheckCommand::json).toList());
    }

    private static JsonLine json(ServerReport server) {
        JsonLine line = new JsonLine().put("kind", server.kind().toString()).put("server", server.server())
                .put("from", server.local()).put("ok", server.address().isPresent());
        server.address().ifPresent(address -> line.put("address", Text.address(address)));
        server.roundTrip().ifPresent(time -> line.put("rtt_ms", time.toNanos() / 1e6));
        return line.put("outcome", server.outcome());
    }

    private static List<String> texts(List<InetSocketAddress> addresses) {
        return addresses.stream().map(Text::address).toList();
    }
}
