package io.natconnector.natpeer.talk;

import io.natconnector.Connector;
import io.natconnector.ConnectorBuilder;
import io.natconnector.KnownPeers;
import io.natconnector.Signaling;
import io.natconnector.natpeer.file.FileQuic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Who we are, and what carries our words to peers. */
public final class SignalOptions {
    private static final int MIN_SECRET = 8;

    @Option(names = "--name", paramLabel = "NAME", description = "What we are called; peers ask for this name.")
    private String name;

    @Option(names = "--signal", paramLabel = "URI", converter = SignalOption.Converter.class,
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

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    public String name() {
        return name;
    }

    /**
     * A connector to be, with our name and signalling.
     *
     * @param troubles told when signalling has some, and when it works again ({@code ""}); on any thread
     * @throws ParameterException if something is missing or does not go together
     * @throws IOException if a file of keys or peers can't be read or made
     */
    public ConnectorBuilder builder(BiConsumer<Signaling, String> troubles) throws IOException {
        if (plaintext && (identity != null || knownPeers != null)) {
            throw wrong("--plaintext proves nothing: it doesn't go together with --identity and --known-peers");
        }
        ConnectorBuilder builder = bareBuilder(troubles);
        if (plaintext) {
            builder.plaintext();
        }
        if (identity != null) {
            builder.identity(KeyFile.open(identity));
        }
        if (knownPeers != null) {
            builder.knownPeers(KnownPeers.firstUse(knownPeers));
        }
        return builder;
    }

    /** Who we are in QUIC, and whom we trust: by the same options, as it has an encryption of its own. */
    FileQuic quic() throws IOException {
        return new FileQuic(identity != null ? KeyFile.open(identity) : KeyFile.generate(),
                unsealed || secret == null ? "" : secret,
                knownPeers != null ? KnownPeers.firstUse(knownPeers) : (peer, proved) -> Optional.empty());
    }

    /** One that does not know yet whether to encrypt. */
    ConnectorBuilder bareBuilder(BiConsumer<Signaling, String> troubles) {
        List<String> missing = new ArrayList<>();
        if (name == null) {
            missing.add("--name NAME");
        }
        if (signals.isEmpty()) {
            missing.add("--signal URI");
        }
        if (!missing.isEmpty()) {
            throw wrong("to talk with a peer it takes " + String.join(" and ", missing) + " as well");
        }
        boolean sealed = signals.stream().anyMatch(signal -> signal.broker() != null);
        if (sealed && secret == null && !unsealed) {
            throw wrong("--secret takes a text that both peers know and nobody else, so that the broker can't read or forge what"
                    + " they say; or give --unsealed if it is trusted like the peers are");
        }
        if (sealed && !unsealed && secret.length() < MIN_SECRET) {
            throw wrong("--secret takes " + MIN_SECRET + " characters at least");
        }
        ManySignals carriers = new ManySignals(signals.stream().map(signal -> signal.open(unsealed ? null : secret)).toList(),
                troubles);
        return Connector.builder().name(name).signaling(carriers);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
