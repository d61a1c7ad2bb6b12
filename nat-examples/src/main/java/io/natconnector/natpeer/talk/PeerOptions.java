package io.natconnector.natpeer.talk;

import io.natconnector.Connector;
import io.natconnector.ConnectorBuilder;
import io.natconnector.KnownPeers;
import io.natconnector.natpeer.cli.Seconds;
import io.natconnector.natpeer.cli.ServerOptions;
import io.natconnector.natpeer.cli.Verbosity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What listen and connect share. */
final class PeerOptions {
    private static final int MIN_SECRET = 8;

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "What we are called; peers ask for this name.")
    private String name;

    @Option(names = "--signal", paramLabel = "URI", required = true, converter = SignalOption.Converter.class,
            description = "What carries the words of the two: mqtt://HOST[:PORT], mqtts://[USER:PASSWORD@]HOST[:PORT] or dir:PATH. "
                + "Repeatable.")
    private List<SignalOption> signals = new ArrayList<>();

    @Option(names = "--secret", paramLabel = "TEXT",
            description = "Known to both peers and nobody else; seals their words at brokers. Others on this machine see it; "
                + "NATPEER_SECRET in the environment they don't.")
    private String secret = System.getenv("NATPEER_SECRET");

    @Option(names = "--unsealed", description = "No --secret: the broker is trusted like the peers are.")
    private boolean unsealed;

    @Option(names = "--plaintext", description = "Nothing is encrypted; both sides must say so.")
    private boolean plaintext;

    @Option(names = "--identity", paramLabel = "FILE",
            description = "The key that peers know us by, made if it is not there; without it we are another one each time.")
    private Path identity;

    @Option(names = "--known-peers", paramLabel = "FILE",
            description = "Trust on first use: who was met by a name must be the same next time. Peers need --identity for that.")
    private Path knownPeers;

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
        return name;
    }

    Status status() {
        return new Status(command.commandLine().getErr(), json);
    }

    /** A connector as these options describe it. */
    Connector connector(Status status) throws IOException {
        if (plaintext && (identity != null || knownPeers != null)) {
            throw new ParameterException(command.commandLine(), "--plaintext proves nothing: it doesn't go together with --identity"
                    + " and --known-peers");
        }
        boolean sealed = signals.stream().anyMatch(signal -> signal.broker() != null);
        if (sealed && secret == null && !unsealed) {
            throw new ParameterException(command.commandLine(), "--secret takes a text that both peers know and nobody else, so"
                    + " that the broker can't read or forge what they say; or give --unsealed if it is trusted like the peers are");
        }
        if (sealed && !unsealed && secret.length() < MIN_SECRET) {
            throw new ParameterException(command.commandLine(), "--secret takes " + MIN_SECRET + " characters at least");
        }
        ManySignals carriers = new ManySignals(signals.stream().map(signal -> signal.open(unsealed ? null : secret)).toList(),
                status::signalling);
        ConnectorBuilder builder = servers.addTo(Connector.builder().name(name).signaling(carriers).connectTimeout(timeout));
        if (plaintext) {
            builder.plaintext();
        }
        if (identity != null) {
            builder.identity(KeyFile.open(identity));
        }
        if (knownPeers != null) {
            builder.knownPeers(KnownPeers.firstUse(knownPeers));
        }
        return builder.build();
    }
}
