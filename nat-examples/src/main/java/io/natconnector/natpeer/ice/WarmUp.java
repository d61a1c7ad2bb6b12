package io.natconnector.natpeer.ice;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.natconnector.Role;
import io.natconnector.stun.BindingServer;
import io.natconnector.stun.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
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
 * server of ours, so that this path is warm, too.
 */
final class WarmUp {
    private static final int PAIRS = 20;
    private static final int PAYLOAD = 100;
    private static final int PINGS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private WarmUp() { }

    /** Blocks. A pair that does not connect is passed over: the run itself will tell. */
    static void run(Engine engine) throws IOException, InterruptedException {
        InetAddress address = LocalAddress.any();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (DatagramSocket server = new DatagramSocket(0, address)) {
            Thread answering = new Thread(() -> answer(server), "natpeer warm-up server");
            answering.setDaemon(true);
            answering.start();
            for (int i = 0; i < PAIRS; i++) {
                connect(engine, address, (InetSocketAddress) server.getLocalSocketAddress(), other);
            }
        } finally {
            other.shutdownNow();
        }
        System.gc();
    }

    /** The whole of a session, files and all. */
    private static void connect(Engine engine, InetAddress address, InetSocketAddress stun, ExecutorService other)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("natpeer");
        try {
            Future<Integer> controlled = other.submit(() -> session(engine, setup(Role.CONTROLLED, address, stun), directory));
            session(engine, setup(Role.CONTROLLING, address, stun), directory);
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

    private static IceSetup setup(Role role, InetAddress address, InetSocketAddress stun) {
        return new IceSetup(role, List.of(stun), List.of(), false, true, PATIENCE, List.of(address));
    }

    private static void answer(DatagramSocket socket) {
        BindingServer server = new BindingServer();
        DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
        InetSocketAddress local = (InetSocketAddress) socket.getLocalSocketAddress();
        try {
            while (true) {
                packet.setLength(1500);
                socket.receive(packet);
                ByteBuf request = Unpooled.wrappedBuffer(packet.getData(), 0, packet.getLength());
                server.receive(Datagram.udp((InetSocketAddress) packet.getSocketAddress(), local, request), System.nanoTime());
                for (Datagram answer; (answer = server.pollTransmit()) != null; ) {
                    byte[] bytes = ByteBufUtil.getBytes(answer.payload());
                    answer.payload().release();
                    socket.send(new DatagramPacket(bytes, bytes.length, answer.to()));
                }
            }
        } catch (IOException e) {
            // closed: the warm-up is over
        }
    }
}
