package io.natconnector.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * What connections cost that nobody uses. Each engine has a JVM to itself, which is measured with a few connections and with many;
 * the difference, divided by the number of sides, is what one side takes.
 */
final class IdleBenchmark {
    private static final int FEW = 10;
    private static final int AT_A_TIME = 8;
    private static final long SETTLE_SECONDS = 5;
    /** Until paths are no longer looked at as closely as in the beginning. */
    private static final long CALM_SECONDS = 20;
    private static final long IDLE_SECONDS = 20;
    /** Of ice4j: each side has more than two threads. */
    private static final int MOST_THREADED = 200;

    private IdleBenchmark() { }

    /** @param engines which to measure, a regular expression for a part of their names */
    static void run(int pairs, String engines) throws IOException, InterruptedException {
        InetAddress address = LocalAddress.best();
        Report report = new Report("Idle connections, both sides in one JVM; figures for each side of a connection",
                "engine", "connections", "heap KiB", "direct KiB", "resident KiB", "threads", "files", "CPU us a second",
                "threads in all", "files in all");
        for (Engine.Kind kind : Engine.Kind.values()) {
            if (kind == Engine.Kind.ICE4J && address.isLoopbackAddress() || !Pattern.compile(engines).matcher(kind.title).find()) {
                continue;
            }
            int count = Math.min(pairs, most(kind));
            System.err.println(kind.title + ": " + count + " connections, about a minute");
            try (ChildJvm child = new ChildJvm(Child.class, List.of(), kind.name(), address.getHostAddress(), "" + count)) {
                String[] figures = child.line().split(" ");
                List<Object> row = new ArrayList<>(List.of(kind.title, count));
                for (String figure : figures) {
                    row.add(figure.contains(".") ? Double.valueOf(figure) : figure);
                }
                report.row(row.toArray());
            }
        }
        report.print(System.out);
    }

    /** How many connections of it there can be: one whose both sides have sockets soon has no files left. */
    private static int most(Engine.Kind kind) {
        return switch (kind) {
            case HUB -> Integer.MAX_VALUE;
            case ENCRYPTED, PORTS, CONNECTORS -> 2_000;       // handshakes take long, too
            case ICE4J -> MOST_THREADED;
        };
    }

    /** The JVM of one engine. */
    static final class Child {
        private Child() { }

        public static void main(String[] arguments) throws Exception {
            ChildJvm.endWithParent();
            Engine engine = Engine.Kind.valueOf(arguments[0]).start(InetAddress.getByName(arguments[1]));
            List<Engine.Connection> connections = new ArrayList<>();
            int many = Integer.parseInt(arguments[2]);
            warmUp(engine);
            Figures few = after(engine, FEW, connections);
            Figures then = after(engine, many, connections);
            rest(CALM_SECONDS);
            long cpuBefore = Figures.threadsCpuTime();
            rest(IDLE_SECONDS);
            double cpuMicros = (Figures.threadsCpuTime() - cpuBefore) / 1e3 / IDLE_SECONDS / (2.0 * many);
            double sides = 2.0 * (many - FEW);
            System.out.println(String.format(Locale.ROOT, "%.4f %.4f %.4f %.4f %.4f %.4f %d %d",
                    (then.heap() - few.heap()) / 1024 / sides, (then.direct() - few.direct()) / 1024 / sides,
                    (then.resident() - few.resident()) / 1024 / sides, (then.threads() - few.threads()) / sides,
                    (then.files() - few.files()) / sides, cpuMicros, then.threads(), then.files()));
            System.exit(0);
        }

        private static void warmUp(Engine engine) throws Exception {
            for (int i = 0; i < 2 * FEW; i++) {
                engine.connect().close();
            }
        }

        private static Figures after(Engine engine, int count, List<Engine.Connection> connections) throws Exception {
            ExecutorService askers = Executors.newFixedThreadPool(AT_A_TIME);
            List<Future<Engine.Connection>> asked = new ArrayList<>();
            for (int i = connections.size(); i < count; i++) {
                asked.add(askers.submit(engine::connect));
            }
            for (Future<Engine.Connection> connection : asked) {
                connections.add(connection.get());
            }
            askers.shutdown();
            askers.awaitTermination(1, TimeUnit.SECONDS);
            rest(SETTLE_SECONDS);
            return Figures.take();
        }

        private static void rest(long seconds) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            for (long left; (left = end - System.nanoTime()) > 0; ) {
                LockSupport.parkNanos(left);
            }
        }
    }
}
