package io.natconnector.natpeer.talk;

import io.natconnector.Connector;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.file.FileQuic;
import io.natconnector.natpeer.file.FileReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code natpeer receive}. */
@Command(name = "receive", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = "Takes the files that peers send to this name, over QUIC, until it is ended. None is overwritten.",
        footer = {"", "Exit codes: 0 with --once a file is there; 2 wrong options; 3 this machine did not let us."})
public final class ReceiveCommand implements Callable<Integer> {
    @Mixin
    private PeerOptions options;

    @Option(names = "--into", paramLabel = "DIR", defaultValue = ".",
            description = "Where to put them (default: the current directory).")
    private Path directory;

    @Option(names = "--once", description = "End when the first file is there and its peer is gone.")
    private boolean once;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!FileQuic.isAvailable()) {
            throw new IOException("there is no native QUIC for this platform");
        }
        Status status = options.status();
        FileNews news = new FileNews(status);
        CountDownLatch stored = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        FileReceiver receiver = new FileReceiver(options.quic(), Files.createDirectories(directory), news, file -> {
            status.stored(file.getFileName().toString());
            stored.countDown();
        });
        try (Connector connector = options.bareConnector(status)) {
            // Ctrl-C tells the peers, too
            Runtime.getRuntime().addShutdownHook(new Thread(connector::close));
            connector.listen(channel -> {
                channel.pipeline().addLast(news);
                receiver.accept(channel);
                channel.closeFuture().addListener(closed -> {
                    if (once && stored.getCount() == 0) {
                        gone.countDown();
                    }
                });
            });
            status.listening(options.name());
            gone.await();
        }
        return ExitCode.OK;
    }
}
