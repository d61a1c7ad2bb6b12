package io.natconnector.natpeer.talk;

import io.natconnector.Connector;
import io.natconnector.NatException;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.cli.WholeNumber;
import io.natconnector.natpeer.file.FileQuic;
import io.natconnector.natpeer.file.FileSender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code natpeer send FILE PEER}. */
@Command(name = "send", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = "Sends a file to a peer that receives, over QUIC. It goes on when paths change, and where it broke off "
            + "when all were lost.",
        footer = {"", "Exit codes: 0 the peer has stored it; 1 it has not; 2 wrong options; 3 this machine did not let us."})
public final class SendCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "What to send.")
    private Path file;

    @Parameters(index = "1", paramLabel = "PEER", description = "The peer's --name.")
    private String peer;

    @Mixin
    private PeerOptions options;

    @Option(names = "--attempts", paramLabel = "N", converter = WholeNumber.Count.class, defaultValue = "5",
            description = "How often to connect until all of it is there (default: ${DEFAULT-VALUE}).")
    private int attempts;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Files.isRegularFile(file)) {
            throw new ParameterException(spec.commandLine(), "FILE takes a file that is there, not '" + file + "'");
        }
        if (!FileQuic.isAvailable()) {
            throw new IOException("there is no native QUIC for this platform");
        }
        Status status = options.status();
        FileQuic quic = options.quic();
        FileNews news = new FileNews(status);
        try (Connector connector = options.bareConnector(status)) {
            status.lookingFor(peer);
            for (int attempt = 1; ; attempt++) {
                try {
                    FileSender.send(connector, peer, quic, file, news, news).get();
                    status.stored(file.getFileName().toString());
                    return ExitCode.OK;
                } catch (ExecutionException e) {
                    Throwable cause = e.getCause();
                    boolean again = attempt < attempts;
                    status.brokeOff(file.getFileName().toString(), cause, again);
                    if (!again) {
                        if (cause instanceof NatException failure) {
                            status.failed(failure);
                        }
                        return ExitCode.FAILED;
                    }
                }
            }
        }
    }
}
