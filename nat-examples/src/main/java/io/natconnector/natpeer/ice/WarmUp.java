package io.natconnector.natpeer.ice;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.natconnector.NatServer;
import io.natconnector.Role;
import io.natconnector.natpeer.cli.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Connects a few pairs in this process before the clock starts, so that loading and compiling classes is in no figure. With a STUN
 * server and relay of ours, so that these paths are warm, too.
 */
final class WarmUp {
    /** So many pairs make the difference between a JVM that has just started and one that is at work. */
    static final int ENOUGH = 20;

    private static final String USER = "warm";
    private static final int PAYLOAD = 100;
    private static final int PINGS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private WarmUp() { }

    /**
     * Blocks. A pair that does not connect is passed over: the run itself will tell.
     *
     * @param bind as in the run, so that looking for addresses is warm, too
     */
    static void run(Engine engine, List<InetAddress> bind, int pairs) throws IOException, InterruptedException {
        InetAddress address = bind.isEmpty() ? LocalAddress.any() : bind.get(0);
        List<InetAddress> local = address.isLoopbackAddress() ? List.of(address) : bind;
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (NatServer server = NatServer.builder().listen(new InetSocketAddress(address, 0)).user(USER, USER)
                .allowPeer(address.getHostAddress()).start()) {
            for (int i = 0; i < pairs; i++) {
                connect(engine, local, server.localAddress(), other);
            }
        } finally {
            other.shutdownNow();
        }
        System.gc();
    }

    /** The whole of a session, files and all. */
    private static void connect(Engine engine, List<InetAddress> local, InetSocketAddress server, ExecutorService other)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("natpeer");
        try {
            Future<Integer> controlled = other.submit(() -> session(engine, setup(Role.CONTROLLED, local, server), directory));
            session(engine, setup(Role.CONTROLLING, local, server), directory);
            controlled.get();
        } catch (ExecutionException e) {
            System.err.println("warm-up: " + e.getCause().getMessage());
        } finally {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    private static int session(Engine engine, IceSetup setup, Path directory) throws IOException, InterruptedException {
        IceEvents unheard = new IceEvents(new PrintWriter(OutputStream.nullOutputStream()));
        return new IceRun(engine, setup, new SignalFiles(directory, setup.role(), true), unheard, PAYLOAD, PINGS).run();
    }

    private static IceSetup setup(Role role, List<InetAddress> local, InetSocketAddress server) {
        List<IceSetup.Relay> relays = List.of(new IceSetup.Relay(Text.address(server), server, USER, USER));
        return new IceSetup(role, List.of(server), relays, false, true, PATIENCE, local);
    }
}
