package io.natconnector.natpeer.serve;

import io.natconnector.NatServer;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.cli.JsonLine;
import io.natconnector.natpeer.cli.ParentWatch;
import io.natconnector.natpeer.cli.Text;
import io.natconnector.signal.EmbeddedBroker;
import io.natconnector.stun.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code natpeer serve}. */
@Command(name = "serve", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = "A STUN server, a relay (TURN) and an MQTT broker in one process, for a machine that all peers can "
            + "reach. Prints what to tell the peers, then 'ready'; runs until it is ended.",
        footer = {"", "Options may stand in three places. What is not on the command line is looked for in the environment: "
            + "NATPEER_RELAY_PORTS for --relay-ports, NATPEER_USER_1 and NATPEER_USER_2 for one that may be repeated. What is "
            + "not there either, in the --config file: 'port = 3478', 'no-broker = true', 'user.1 = alice:secret', "
            + "'user.2 = bob:hush'. "
            + "An option that may be repeated is taken whole from one place.",
            "Exit codes: 2 wrong options; 3 this machine did not let us, for example because a port is taken."})
public final class ServeCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Options from a properties file, see below.")
    private Path config;

    @Option(names = "--print-config", description = "Print the options in force and where they stand, secrets masked, and end.")
    private boolean printConfig;

    @Mixin
    private ServeOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Configuration configuration = Configuration.read(spec, System.getenv());
        configuration.strangers().forEach(variable -> spec.commandLine().getErr().println(
                spec.qualifiedName() + ": " + variable + " in the environment is none of the options, and left alone"));
        spec.commandLine().getErr().flush();
        try {
            options.server();                                 // so that what doesn't fit is said in any case
            if (printConfig) {
                configuration.print(spec.commandLine().getOut());
                spec.commandLine().getOut().flush();
                return ExitCode.OK;
            }
            return serve();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private int serve() throws IOException, InterruptedException {
        options.operation().log();
        if (options.endsWithInput()) {
            ParentWatch.begin();
        }
        try (NatServer server = options.server().start(); EmbeddedBroker broker = broker();
                OperationsPort operations = operations(server)) {
            Departure departure = Departure.watch();          // before anybody is told that we are ready
            PrintWriter out = spec.commandLine().getOut();
            InetSocketAddress stun = toldAddress(server);
            String brokerUri = broker == null ? null
                    : "mqtt://" + Text.address(new InetSocketAddress(stun.getAddress(), broker.port()));
            if (options.isJson()) {
                JsonLine ready = JsonLine.event("ready").put("stun", Text.address(stun));
                if (brokerUri != null) {
                    ready.put("broker", brokerUri);
                }
                out.println(operations == null ? ready : ready.put("metrics", Text.address(operations.address())));
            } else {
                out.print(StreamServeOptions.text(server));
                out.print(new Advice(options, server.localAddresses(Transport.UDP), Text.address(stun), brokerUri).text());
                if (operations != null) {
                    out.println("metrics http://" + Text.address(operations.address()) + "/metrics, /health, /ready\n");
                }
                out.println("ready");
            }
            out.flush();
            departure.await(server, options.operation().drain(), this::tellDrain);
            return ExitCode.OK;
        }
    }

    private void tellDrain(long allocations) {
        long seconds = options.operation().drain().toSeconds();
        PrintWriter out = spec.commandLine().getOut();
        out.println(options.isJson() ? JsonLine.event("draining").put("allocations", allocations).put("seconds", seconds)
                : "draining: " + allocations + " allocations may end within " + seconds + " s; a second SIGTERM ends them now");
        out.flush();
    }

    private OperationsPort operations(NatServer server) throws IOException {
        return options.operation().metrics() == null ? null : OperationsPort.open(server, options.operation().metrics());
    }

    private EmbeddedBroker broker() throws IOException {
        InetSocketAddress address = new InetSocketAddress(options.brokerAddress(), options.broker().port());
        return options.broker().isWanted() ? EmbeddedBroker.start(address, options.broker().options()) : null;
    }

    /** The address to tell peers: not loopback if there is another one. */
    private InetSocketAddress toldAddress(NatServer server) {
        InetSocketAddress best = server.localAddresses(Transport.UDP).stream()
                .filter(address -> !address.getAddress().isLoopbackAddress()).findFirst().orElse(server.localAddress());
        return new InetSocketAddress(options.advertised(best.getAddress()), best.getPort());
    }
}
