package io.natconnector.natpeer.serve;

import io.natconnector.NatServer;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.cli.JsonLine;
import io.natconnector.natpeer.cli.ParentWatch;
import io.natconnector.natpeer.cli.Text;
import io.natconnector.signal.EmbeddedBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code natpeer serve}. */
@Command(name = "serve", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = "A STUN server, a relay (TURN over UDP) and an MQTT broker in one process, for a machine that all peers can "
            + "reach. Prints what to tell the peers, then 'ready'; runs until it is ended.",
        footer = {"", "In a --config file an option stands without its dashes: 'port = 3478'; those that may be repeated have a "
            + "suffix: 'user.1 = alice:secret', 'user.2 = bob:hush'. Options on the command line come on top.",
            "Exit codes: 2 wrong options; 3 this machine did not let us, for example because a port is taken."})
public final class ServeCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "Options from a properties file, see below.")
    private Path config;

    @Mixin
    private ServeOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (config == null) {
            return serve();
        }
        List<String> line = new ArrayList<>(ConfigFile.options(config));
        line.addAll(spec.commandLine().getParseResult().originalArgs().stream().filter(word -> !word.equals(spec.name())).toList());
        Path file = config;
        config = null;
        try {
            // On top of what the command line said, which is parsed again: it has the last word
            CommandLine again = spec.commandLine().setOverwrittenOptionsAllowed(true);
            again.parseArgs(line.toArray(String[]::new));
            return serve();
        } catch (ParameterException e) {
            throw new ParameterException(spec.commandLine(), "with " + file + ": " + e.getMessage(), e);
        }
    }

    private int serve() throws IOException, InterruptedException {
        if (options.endsWithInput()) {
            ParentWatch.begin();
        }
        try (NatServer server = options.server().start(); EmbeddedBroker broker = broker()) {
            PrintWriter out = spec.commandLine().getOut();
            InetSocketAddress stun = toldAddress(server);
            String brokerUri = broker == null ? null
                    : "mqtt://" + Text.address(new InetSocketAddress(stun.getAddress(), broker.port()));
            if (options.isJson()) {
                JsonLine ready = JsonLine.event("ready").put("stun", Text.address(stun));
                out.println(brokerUri == null ? ready : ready.put("broker", brokerUri));
            } else {
                out.print(new Advice(options, server.localAddresses(), Text.address(stun), brokerUri).text());
                out.println("ready");
            }
            out.flush();
            new CountDownLatch(1).await();
            return ExitCode.OK;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private EmbeddedBroker broker() throws IOException {
        InetSocketAddress address = new InetSocketAddress(options.brokerAddress(), options.brokerPort());
        return options.hasBroker() ? EmbeddedBroker.start(address, options.broker()) : null;
    }

    /** The address to tell peers: not loopback if there is another one. */
    private InetSocketAddress toldAddress(NatServer server) {
        InetSocketAddress best = server.localAddresses().stream().filter(address -> !address.getAddress().isLoopbackAddress())
                .findFirst().orElse(server.localAddress());
        return options.advertised() == null ? best : new InetSocketAddress(options.advertised(), best.getPort());
    }
}
