package io.natconnector.bench;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long a process that has just begun needs until its first packet to a peer leaves: fresh JVMs, one after the other. */
final class StartupBenchmark {
    private static final int ROUNDS = 10;
    private static final int PATIENCE_MILLIS = 30_000;
    private static final String NO_EVENTS = "-Dio.netty.jfr.enabled=false";

    private final InetAddress address;

    private StartupBenchmark(InetAddress address) {
        this.address = address;
    }

    static void run() throws Exception {
        InetAddress address = LocalAddress.best();
        Path archives = Files.createTempDirectory("nat-bench");
        try {
            new StartupBenchmark(address).measure(archives);
        } finally {
            for (Path file : Files.list(archives).toList()) {
                Files.delete(file);
            }
            Files.delete(archives);
        }
    }

    private void measure(Path archives) throws Exception {
        Report report = new Report("A fresh JVM until its first packet; medians of " + ROUNDS,
                "program", "from main() ms", "least", "most", "from the process's start ms", "CPU ms");
        List<Program> programs = new ArrayList<>();
        programs.add(new Program("a socket of the JDK", FirstPacket.Plain.class, List.of()));
        programs.add(new Program("natconnector", FirstPacket.Ours.class, List.of()));
        List<String> archive = archive(archives, FirstPacket.Ours.class, List.of());
        programs.add(new Program("natconnector, class archive", FirstPacket.Ours.class, archive));
        // Netty makes its events for the flight recorder ready whether somebody records or not
        List<String> more = new ArrayList<>(archive(archives, FirstPacket.Ours.class, List.of(NO_EVENTS)));
        more.add(NO_EVENTS);
        programs.add(new Program("natconnector, class archive, no Netty events", FirstPacket.Ours.class, more));
        if (!address.isLoopbackAddress()) {
            programs.add(new Program("ice4j", FirstPacket.Ice4j.class, List.of()));
            programs.add(new Program("ice4j, class archive", FirstPacket.Ice4j.class,
                    archive(archives, FirstPacket.Ice4j.class, List.of())));
        }
        for (int round = 1; round <= ROUNDS; round++) {
            System.err.println("round " + round + " of " + ROUNDS);
            for (Program program : programs) {
                once(program);
            }
        }
        for (Program program : programs) {
            report.row(program.title, program.sinceMain.median(), program.sinceMain.least(), program.sinceMain.most(),
                    program.sinceStart.median(), program.cpu.median());
        }
        report.print(System.out);
    }

    /** Classes as they are after a run, ready to be used by the next (class data sharing): options for that. */
    private List<String> archive(Path directory, Class<?> main, List<String> options) throws Exception {
        Path file = directory.resolve(main.getName() + options.size());
        List<String> archiving = new ArrayList<>(options);
        archiving.addAll(List.of("-XX:ArchiveClassesAtExit=" + file, "-Xlog:disable"));
        try (DatagramSocket peer = peer(); ChildJvm child = start(main, archiving, peer)) {
            await(peer);
            child.line();
            child.endInput();
            child.join();
        }
        return List.of("-XX:SharedArchiveFile=" + file);
    }

    /** A new one for each process: what the one before still sent must not count for the next. */
    private DatagramSocket peer() throws IOException {
        DatagramSocket peer = new DatagramSocket(0, address);
        peer.setSoTimeout(PATIENCE_MILLIS);
        return peer;
    }

    private ChildJvm start(Class<?> main, List<String> options, DatagramSocket peer) throws IOException {
        return new ChildJvm(main, options, address.getHostAddress(), Integer.toString(peer.getLocalPort()));
    }

    private void once(Program program) throws IOException {
        try (DatagramSocket peer = peer()) {
            long begun = System.nanoTime();
            try (ChildJvm child = start(program.main, program.options, peer)) {
                long received = await(peer);
                Duration cpu = child.handle().info().totalCpuDuration().orElse(Duration.ZERO);
                program.cpu.add(cpu.toNanos() / 1e6);
                program.sinceStart.add((received - begun) / 1e6);
                // One clock for all processes of a machine
                program.sinceMain.add((received - Long.parseLong(child.line())) / 1e6);
            }
        }
    }

    private static long await(DatagramSocket peer) throws IOException {
        peer.receive(new DatagramPacket(new byte[2048], 2048));
        return System.nanoTime();
    }

    private static final class Program {
        final String title;
        final Class<?> main;
        final List<String> options;
        final Sample sinceMain = new Sample();
        final Sample sinceStart = new Sample();
        final Sample cpu = new Sample();

        Program(String title, Class<?> main, List<String> options) {
            this.title = title;
            this.main = main;
            this.options = options;
        }
    }
}
