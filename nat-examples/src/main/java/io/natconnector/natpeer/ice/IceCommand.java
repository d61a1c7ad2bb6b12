package io.natconnector.natpeer.ice;

import io.natconnector.Role;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.cli.HostPort;
import io.natconnector.natpeer.cli.IpAddress;
import io.natconnector.natpeer.cli.Seconds;
import io.natconnector.natpeer.cli.TrustOption;
import io.natconnector.natpeer.cli.Verbosity;
import io.natconnector.natpeer.cli.WholeNumber;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code natpeer ice}: see the package's description. */
@Command(name = "ice", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = {"One ICE session with a peer of any implementation, timed: the two find each other by files in a directory.",
            "Prints JSON lines: gathered, connected, data, final or failed, with milliseconds."},
        footer = {"", "Exit codes: 0 data went both ways, 1 it did not, 2 wrong options, 3 this machine did not let us."})
public final class IceCommand implements Callable<Integer> {
    @Option(names = "--role", paramLabel = "ROLE", converter = Roles.Converter.class,
            description = "controlling or controlled; the other side takes the other.")
    private Role role;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the two talk; both name the same.")
    private Path directory;

    @Option(names = "--stun", paramLabel = "HOST:PORT", converter = HostPort.Converter.class,
            description = "STUN server to ask for our address. Repeatable; without one this is not asked.")
    private List<HostPort> stun = new ArrayList<>();

    @Option(names = "--turn", paramLabel = "HOST:PORT", converter = HostPort.Converter.class,
            description = "TURN server to get a relayed address from. Repeatable.")
    private List<HostPort> turn = new ArrayList<>();

    @Option(names = "--user", paramLabel = "USER",
            description = "Who we are to --turn: one for all, or one each in the same order.")
    private List<String> users = new ArrayList<>();

    @Option(names = "--pass", paramLabel = "PASSWORD", description = "The password to --user: one for all, or one each.")
    private List<String> passwords = new ArrayList<>();

    @Option(names = "--turn-transport", paramLabel = "udp|tcp|tls", defaultValue = "udp",
            description = "How --turn is reached: udp, tcp or tls (default: ${DEFAULT-VALUE}).")
    private String turnTransport;

    @Mixin
    private TrustOption trust = new TrustOption();

    @Option(names = "--relay-only", description = "Use and tell relayed addresses only.")
    private boolean relayOnly;

    @Option(names = "--payload", paramLabel = "BYTES", converter = WholeNumber.PayloadSize.class, defaultValue = "32",
            description = "Length of a ping, 16 to 1400 (default: ${DEFAULT-VALUE}).")
    private int payload;

    @Option(names = "--count", paramLabel = "N", converter = WholeNumber.Count.class, defaultValue = "1",
            description = "How many pings must be answered (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--timeout", paramLabel = "SEC", converter = Seconds.class, defaultValue = "30",
            description = "How long to try (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(names = "--barrier", description = "Warm up first, and start the clock when both sides are warm.")
    private boolean barrier;

    @Option(names = "--no-trickle", description = "Tell all candidates at once when gathering is over.")
    private boolean noTrickle;

    @Option(names = "--plaintext", description = "Pings go as they are (the default).")
    private boolean plaintext;

    @Option(names = "--dtls", description = "Pings are encrypted (DTLS); both sides must say so.")
    private boolean dtls;

    @Option(names = "--engine", paramLabel = "ENGINE", converter = EngineName.Converter.class, defaultValue = "ours",
            description = "Whose ICE: ours or ice4j (default: ${DEFAULT-VALUE}).")
    private EngineName engineName;

    @Option(names = "--bind", paramLabel = "ADDRESS", converter = IpAddress.class,
            description = "Local address to use; repeatable. Default: all but loopback.")
    private List<InetAddress> bind = new ArrayList<>();

    @Option(names = "--bench", paramLabel = "WHAT", converter = BenchSpec.Converter.class,
            description = "Instead of a session, measure within this process: agents:N, conns:SEC[:PARALLEL] or pps:SEC.")
    private BenchSpec bench;

    @Mixin
    private Verbosity verbosity;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        PrintWriter out = spec.commandLine().getOut();
        List<InetAddress> addresses = bench == null || !bind.isEmpty() ? bind : List.of(LocalAddress.any());
        try (Engine engine = engine(addresses)) {
            if (bench != null) {
                out.println(new Bench(engine, addresses.get(0), payload).run(bench));
                out.flush();
                return ExitCode.OK;
            }
            SignalFiles files = new SignalFiles(directory, role, !noTrickle);
            IceRun run = new IceRun(engine, setup(), files, new IceEvents(out), payload, count);
            if (barrier) {
                WarmUp.run(engine, bind, WarmUp.ENOUGH);
                if (!run.awaitOther()) {
                    return ExitCode.FAILED;
                }
            }
            return run.run();
        }
    }

    /** Uses what a session uses, once. Without encryption: Java 17 crashes when it archives lambdas of a signed jar. */
    public static void rehearse() throws IOException, InterruptedException {
        try (Engine ours = OurEngine.single(false); Engine ice4j = new Ice4jEngine(List.of())) {
            WarmUp.run(ours, List.of(), 2);
            WarmUp.run(ice4j, List.of(), 2);
        }
    }

    private void check() {
        require(bench != null || role != null, "--role takes controlling or controlled, and must be given");
        require(bench != null || directory != null, "--dir takes the directory in which the two sides talk, and must be given");
        require(turnTransport.matches("udp|tcp|tls"), "--turn-transport takes udp, tcp or tls, not " + turnTransport);
        require(turnTransport.equals("udp") || engineName == EngineName.OURS,
                "--turn-transport " + turnTransport + " takes --engine ours");
        require(!dtls || !plaintext, "--dtls and --plaintext don't go together: give one of them");
        require(!dtls || engineName == EngineName.OURS, "--dtls takes --engine ours: ice4j does not encrypt");
        require(fits(users), "--user takes one name for all --turn servers, or one for each: " + turn.size() + " servers, "
                + users.size() + " names");
        require(fits(passwords), "--pass takes one password for all --turn servers, or one for each: " + turn.size() + " servers, "
                + passwords.size() + " passwords");
        require(!relayOnly || !turn.isEmpty(), "--relay-only takes a relay: give a --turn HOST:PORT with --user and --pass");
    }

    private boolean fits(List<String> given) {
        return turn.isEmpty() || given.size() == 1 || given.size() == turn.size();
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private Engine engine(List<InetAddress> addresses) {
        return switch (engineName) {
            case OURS -> (bench == null ? OurEngine.single(dtls) : OurEngine.sharing(dtls)).trusting(trust::addTo);
            case ICE4J -> new Ice4jEngine(addresses);
        };
    }

    private IceSetup setup() throws IOException {
        List<InetSocketAddress> stunServers = new ArrayList<>();
        for (HostPort server : stun) {
            stunServers.add(server.resolve());
        }
        List<IceSetup.Relay> relays = new ArrayList<>();
        for (int i = 0; i < turn.size(); i++) {
            relays.add(new IceSetup.Relay(relayUri(turn.get(i)), turn.get(i).resolve(), users.get(i % users.size()),
                    passwords.get(i % passwords.size())));
        }
        return new IceSetup(role, stunServers, relays, relayOnly, !noTrickle, timeout, bind);
    }

    private String relayUri(HostPort server) {
        return switch (turnTransport) {
            case "tls" -> "turns:" + server;
            case "tcp" -> "turn:" + server + "?transport=tcp";
            default -> "turn:" + server;
        };
    }
}
