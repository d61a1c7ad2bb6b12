package io.natconnector.natpeer.talk;

import io.natconnector.Connector;
import io.natconnector.natpeer.cli.ExitCode;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code natpeer listen}. */
@Command(name = "listen", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = "Accepts peers that connect to this name, until it is ended. Their datagrams go to standard output, lines of "
            + "standard input to all of them.",
        footer = {"", "Exit codes: 0 with --once the peer is gone; 2 wrong options; 3 this machine did not let us."})
public final class ListenCommand implements Callable<Integer> {
    @Mixin
    private PeerOptions options;

    @Option(names = "--echo", description = "Send every datagram back to where it came from.")
    private boolean echo;

    @Option(names = "--once", description = "End when the first peer is gone.")
    private boolean once;

    @Option(names = "--raw", description = "Blocks of input as they come, not lines, are datagrams.")
    private boolean raw;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Status status = options.status();
        Output output = new Output(System.out);
        ChannelGroup peers = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        CountDownLatch ended = new CountDownLatch(1);
        try (Connector connector = options.connector(status)) {
            // Ctrl-C tells the peers, too
            Runtime.getRuntime().addShutdownHook(new Thread(connector::close));
            connector.listen(channel -> {
                channel.pipeline().addLast(new Talk(output, status, echo));
                peers.add(channel);
                channel.closeFuture().addListener(closed -> {
                    if (once) {
                        ended.countDown();
                    }
                });
            });
            status.listening(options.name());
            Thread reader = new Thread(() -> read(peers), "natpeer input");
            reader.setDaemon(true);
            reader.start();
            ended.await();
            output.awaitQuiet(0);
        }
        return ExitCode.OK;
    }

    /** The end of input is not the end: whoever runs this in the background has none. */
    private void read(ChannelGroup peers) {
        try {
            new Input(System.in, raw).forEach(datagram -> {
                for (Channel peer : peers) {
                    ConnectCommand.send(peer, datagram);
                }
            });
        } catch (IOException e) {
            // as its end
        }
    }
}
