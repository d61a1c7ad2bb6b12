package io.natconnector.natpeer.talk;

import io.natconnector.Connector;
import io.natconnector.natpeer.cli.Seconds;
import io.natconnector.natpeer.cli.ServerOptions;
import io.natconnector.natpeer.cli.Verbosity;
import io.natconnector.natpeer.file.FileQuic;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What listen and connect share. */
final class PeerOptions {
    @Mixin
    private SignalOptions signals;

    @Option(names = "--timeout", paramLabel = "SEC", converter = Seconds.class, defaultValue = "20",
            description = "How long to look for a first path (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(names = "--json", description = "What happens is told on standard error in JSON lines, for programs.")
    private boolean json;

    @Mixin
    private ServerOptions servers;

    @Mixin
    private Verbosity verbosity;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    String name() {
        return signals.name();
    }

    Status status() {
        return new Status(command.commandLine().getErr(), json);
    }

    /** A connector as these options describe it. */
    Connector connector(Status status) throws IOException {
        return servers.addTo(signals.builder(status::signalling).connectTimeout(timeout)).build();
    }

    /** One that encrypts nothing, as QUIC above it does. */
    Connector bareConnector(Status status) {
        return servers.addTo(signals.bareBuilder(status::signalling).plaintext().connectTimeout(timeout)).build();
    }

    /** Who we are in QUIC, and whom we trust. */
    FileQuic quic() throws IOException {
        return signals.quic();
    }
}
