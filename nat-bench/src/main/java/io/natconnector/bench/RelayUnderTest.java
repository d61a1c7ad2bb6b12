package io.natconnector.bench;

import io.natconnector.NatServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A relay in a process of its own, on the first processor where there are several, and what that process takes. */
abstract class RelayUnderTest implements AutoCloseable {
    private static final String REALM = "example.org";
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    /** Asked once: afterwards this process is pinned itself, and sees one processor. */
    private static final boolean PINS = Runtime.getRuntime().availableProcessors() > 1 && isInstalled("taskset");

    private final String name;
    private final InetSocketAddress address;

    private RelayUnderTest(String name, InetSocketAddress address) {
        this.name = name;
        this.address = address;
    }

    String name() {
        return name;
    }

    InetSocketAddress address() {
        return address;
    }

    abstract long pid();

    /** Bytes on the heap, after a collection, and in buffers outside; NaN where there is no such thing. */
    abstract double heapAndDirect() throws IOException;

    /** CPU time until now, the kernel's included, in microseconds; Linux counts it in hundredths of a second. */
    final double cpuMicros() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10_000.0;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** Bytes of the process in memory. */
    final double resident() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst().orElse(0) * 1024.0;
        }
    }

    final double descriptors() {
        String[] files = new File("/proc/" + pid() + "/fd").list();
        return files == null ? Double.NaN : files.length;
    }

    /** What pins a process to one processor, to be put before its command; nothing where there is only one, or no way to. */
    static List<String> pin(int processor) {
        return PINS
                ? List.of("taskset", "-c", String.valueOf(processor)) : List.of();
    }

    static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /**
     * Ours, with its defaults but for quotas and where it may relay to. Ports are such that the system does not give to the load's
     * sockets.
     */
    static RelayUnderTest ours(String... arguments) throws IOException {
        ChildJvm child = new ChildJvm(pin(0), Server.class, List.of("-Xmx512m", "-XX:+UseSerialGC"), arguments);
        InetSocketAddress address = new InetSocketAddress(LOOPBACK, Integer.parseInt(child.line()));
        return new RelayUnderTest("ours" + (arguments.length == 0 ? "" : ", " + String.join(" ", arguments)), address) {
            @Override
            long pid() {
                return child.handle().pid();
            }

            @Override
            double heapAndDirect() throws IOException {
                child.say("memory");
                return Double.parseDouble(child.line());
            }

            @Override
            public void close() {
                child.close();
            }
        };
    }

    /** coturn's server with one thread for relaying, without log files. */
    static RelayUnderTest coturn(int port) throws IOException {
        List<String> command = new ArrayList<>(pin(0));
        command.addAll(List.of("turnserver", "-n", "-L", "127.0.0.1", "-E", "127.0.0.1", "-p", String.valueOf(port), "--no-tls",
                "--no-dtls", "-a", "-u", RelayLoadClient.USER + ":" + RelayLoadClient.PASSWORD, "-r", REALM,
                "--allow-loopback-peers", "--no-cli", "--min-port=18000", "--max-port=32000", "--no-stdout-log",
                "--log-file=/dev/null", "--pidfile=/dev/null", "-m", "1"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
        if (!process.isAlive()) {
            throw new IOException("turnserver has ended at once, with " + process.exitValue());
        }
        return new RelayUnderTest("coturn", new InetSocketAddress(LOOPBACK, port)) {
            @Override
            long pid() {
                return process.pid();
            }

            @Override
            double heapAndDirect() {
                return Double.NaN;
            }

            @Override
            public void close() {
                process.destroy();
            }
        };
    }

    /** The JVM of ours. Answers each line that it is told with what it has in use; ends with its parent. */
    static final class Server {
        private Server() { }

        public static void main(String[] arguments) throws IOException {
            NatServer server = NatServer.builder().listen(new InetSocketAddress(LOOPBACK, 0)).realm(REALM)
                    .user(RelayLoadClient.USER, RelayLoadClient.PASSWORD).allowPeer("127.0.0.0/8").relayPorts(10_000, 17_999)
                    .quotas(20_000, 20_000, 20_000).start();
            System.out.println(server.localAddress().getPort());
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (lines.readLine() != null) {
                Figures figures = Figures.take();
                System.out.println(figures.heap() + figures.direct());
            }
            Runtime.getRuntime().halt(0);
        }
    }
}
