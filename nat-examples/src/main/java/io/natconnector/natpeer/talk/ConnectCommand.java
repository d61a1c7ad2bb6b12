package io.natconnector.natpeer.talk;

import io.natconnector.Connector;
import io.natconnector.NatException;
import io.natconnector.PeerChannel;
import io.natconnector.natpeer.cli.ExitCode;
import io.natconnector.natpeer.cli.Seconds;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code natpeer connect PEER}. */
@Command(name = "connect", sortOptions = false, mixinStandardHelpOptions = true, usageHelpAutoWidth = true,
        description = "Connects to a peer by its name. Lines of standard input go to it as datagrams, its datagrams to standard "
            + "output.",
        footer = {"", "Exit codes: 0 connected, and ended by the end of input or by the peer; 1 no path was found, or all were "
            + "lost; 2 wrong options; 3 this machine did not let us."})
public final class ConnectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PEER", description = "The peer's --name.")
    private String peer;

    @Mixin
    private PeerOptions options;

    @Option(names = "--raw", description = "Blocks of input as they come, not lines, are datagrams.")
    private boolean raw;

    @Option(names = "--linger", paramLabel = "SEC", converter = Seconds.class, defaultValue = "1",
            description = "After the end of input, wait until the peer was silent for so long (default: ${DEFAULT-VALUE}).")
    private Duration linger;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Status status = options.status();
        Output output = new Output(System.out);
        try (Connector connector = options.connector(status)) {
            // Ctrl-C tells the peer, too
            Runtime.getRuntime().addShutdownHook(new Thread(connector::close));
            status.lookingFor(peer);
            PeerChannel channel = connector.connect(peer, new Talk(output, status, false)).get();
            CompletableFuture<Integer> ended = new CompletableFuture<>();
            channel.closeFuture().addListener(
                    closed -> ended.complete(isHarmless(channel.cause()) ? ExitCode.OK : ExitCode.FAILED));
            Thread reader = new Thread(() -> read(channel, output, ended), "natpeer input");
            reader.setDaemon(true);
            reader.start();
            return ended.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NatException failure) {
                status.failed(failure);
                return ExitCode.FAILED;
            }
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    private static boolean isHarmless(NatException cause) {
        return cause == null || cause.reason() == NatException.Reason.CLOSED
                || cause.reason() == NatException.Reason.CLOSED_BY_PEER;
    }

    private void read(PeerChannel channel, Output output, CompletableFuture<Integer> ended) {
        try {
            new Input(System.in, raw).forEach(datagram -> send(channel, datagram));
            output.awaitQuiet(linger.toNanos());
            ended.complete(ExitCode.OK);
        } catch (IOException | InterruptedException e) {
            ended.completeExceptionally(e);
        }
    }

    /** Waits while the network is slower than the input. */
    static void send(Channel channel, byte[] datagram) {
        ChannelFuture written = channel.writeAndFlush(Unpooled.wrappedBuffer(datagram));
        if (!channel.isWritable()) {
            written.awaitUninterruptibly();
        }
    }
}
