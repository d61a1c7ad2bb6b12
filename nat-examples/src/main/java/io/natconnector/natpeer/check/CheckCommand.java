package io.natconnector.natpeer.check;

import io.natconnector.ConnectReport;
import io.natconnector.Connector;
import io.natconnector.NatReport;
import io.natconnector.NetworkReport;
import io.natconnector.ServerReport;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.cli.Seconds;
import io.natconnector.natpeer.cli.ServerOptions;
import io.natconnector.natpeer.cli.Verbosity;
import io.natconnector.natpeer.talk.SignalOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code natpeer check}. */
@Command(name = "check", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = "Looks at the network: our addresses, how others see us, what the NAT does, which servers answer, how fast. "
            + "With --with PEER: whether we get a direct path to that peer, which must be listening; if not, why, and what would "
            + "help.",
        footer = {"", "Exit codes: 0 every server answered, and the peer was reached if one was asked for, directly or through a "
            + "relay; 1 one was not; 2 wrong options; 3 this machine did not let us."})
public final class CheckCommand implements Callable<Integer> {
    /** The first answers in a JVM come slowly, because of us and not of the network: they are not counted. */
    private static final Duration REHEARSAL = Duration.ofMillis(700);
    private static final List<Duration> IDLE = Stream.of(15, 30, 45, 60, 90, 120, 180, 300).map(Duration::ofSeconds).toList();
    /** A search for random ports takes so long at most. */
    private static final Duration DIRECT_PATIENCE = Duration.ofSeconds(20);

    @Mixin
    private ServerOptions servers;

    @Option(names = "--timeout", paramLabel = "SEC", converter = Seconds.class, defaultValue = "3",
            description = "How long to wait for a server (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(names = "--idle", description = "Also measure how long the NAT keeps a binding that nobody uses; takes up to five "
            + "minutes, and a STUN server with two addresses.")
    private boolean idle;

    @Option(names = "--port-mapping", description = "Also ask the router to open a port (PCP, NAT-PMP, UPnP), and give it back.")
    private boolean portMapping;

    @Option(names = "--with", paramLabel = "PEER", description = "Connect with this peer, too; takes --name and --signal as well.")
    private String peer;

    @Option(names = "--patience", paramLabel = "SEC", converter = Seconds.class, defaultValue = "20",
            description = "How long to look for a first path to the peer (default: ${DEFAULT-VALUE}).")
    private Duration patience;

    @Mixin
    private SignalOptions signals;

    @Option(names = "--json", description = "A JSON line instead of text; with --with two.")
    private boolean json;

    @Mixin
    private Verbosity verbosity;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (peer == null && servers.stunServers().isEmpty() && servers.relayServers().isEmpty()) {
            throw new ParameterException(spec.commandLine(),
                    "--stun takes a server to ask, HOST:PORT, and --relay a TURN server; give one at"
                    + " least, two STUN servers to learn how the NAT maps");
        }
        Connector forPeer = peer == null ? null : forPeer();
        Diagnosis diagnosis;
        try {
            rehearse();
            diagnosis = look(forPeer);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } finally {
            if (forPeer != null) {
                forPeer.close();
            }
        }
        print(diagnosis, spec.commandLine().getOut());
        return diagnosis.isEveryServerThere() && diagnosis.pair().map(pair -> pair.path().isPresent()).orElse(true)
                ? ExitCode.OK : ExitCode.FAILED;
    }

    private Connector forPeer() throws IOException {
        return servers.addTo(signals.builder((carrier, trouble) -> say(trouble)).connectTimeout(patience)
                .portMapping(portMapping)).build();
    }

    private void say(String trouble) {
        if (!trouble.isEmpty()) {
            spec.commandLine().getErr().println("natpeer: signalling: " + trouble);
            spec.commandLine().getErr().flush();
        }
    }

    private void rehearse() throws ExecutionException, InterruptedException {
        try (Connector connector = servers.addTo(Connector.builder().plaintext()).build()) {
            connector.check(timeout.compareTo(REHEARSAL) < 0 ? timeout : REHEARSAL).get();
        }
    }

    private Diagnosis look(Connector forPeer) throws ExecutionException, InterruptedException {
        try (Connector connector = servers.addTo(Connector.builder().plaintext()).portMapping(portMapping).build()) {
            CompletableFuture<List<NatReport>> nats = connector.examineNat(idle ? IDLE : List.of());
            NetworkReport network = connector.check(timeout).get();
            List<ServerReport> answers = new ArrayList<>(network.servers().stream().map(this::late).toList());
            servers.stunServers().forEach(server -> addMissing(answers, ServerReport.Kind.STUN, server));
            servers.relayServers().forEach(server -> addMissing(answers, ServerReport.Kind.RELAY, server));
            Optional<ConnectReport> pair = forPeer == null ? Optional.empty() : Optional.of(connect(forPeer));
            return new Diagnosis(network, List.copyOf(answers), nats.get(), portMapping, pair);
        }
    }

    private ConnectReport connect(Connector connector) throws ExecutionException, InterruptedException {
        PairCheck check = new PairCheck(DIRECT_PATIENCE);
        connector.connect(peer, check).whenComplete((channel, failure) -> {
            if (failure != null) {
                check.failed(failure);
            }
        });
        return check.settled().get();
    }

    /** The same of one that was asked and let us wait. */
    private ServerReport late(ServerReport server) {
        return server.outcome().equals("no answer yet") ? missing(server.kind(), server.server(), server.local()) : server;
    }

    private ServerReport missing(ServerReport.Kind kind, String server, String local) {
        return new ServerReport(kind, server, local, Optional.empty(), Optional.empty(),
                "no answer in " + timeout.toMillis() / 1000.0 + " s: is it up, is UDP blocked?");
    }

    /** One that could not even be asked yet is in no report. */
    private void addMissing(List<ServerReport> answers, ServerReport.Kind kind, String server) {
        if (answers.stream().noneMatch(answer -> answer.kind() == kind
                && (answer.server().equals(server) || answer.server().startsWith(server + " (")))) {
            answers.add(missing(kind, server, ""));
        }
    }

    private void print(Diagnosis diagnosis, PrintWriter out) {
        if (json) {
            DiagnosisJson.lines(diagnosis).forEach(out::println);
        } else {
            out.print(new DiagnosisText(diagnosis).text());
        }
        out.flush();
    }
}
