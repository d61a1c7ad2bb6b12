package io.natconnector.bench;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** How long connections take, and how many a second there can be: one after the other, and eight at a time. */
final class ConnectBenchmark {
    private static final int ROUNDS = 3;
    private static final int[] AT_A_TIME = {1, 8};

    private final Map<Engine.Kind, Engine> engines = new EnumMap<>(Engine.Kind.class);
    private final Map<String, Row> rows = new TreeMap<>();

    /** @param kinds which engines to measure, a regular expression for a part of their names */
    static void run(String kinds) throws Exception {
        new ConnectBenchmark().measure(LocalAddress.best(), Pattern.compile(kinds));
    }

    private void measure(InetAddress address, Pattern kinds) throws Exception {
        Report report = new Report("Connections over UDP within this machine, both sides in one JVM; " + ROUNDS + " rounds",
                "engine", "at a time", "median ms", "95 % ms", "worst ms", "a second", "CPU ms each, both sides");
        for (Engine.Kind kind : Engine.Kind.values()) {
            if (kinds.matcher(kind.title).find() && (kind != Engine.Kind.ICE4J || !address.isLoopbackAddress())) {
                engines.put(kind, kind.start(address));
            }
        }
        for (Engine.Kind kind : engines.keySet()) {
            System.err.println("warming up: " + kind.title);
            phase(kind, 1, count(kind), new Row());
        }
        for (int round = 1; round <= ROUNDS; round++) {
            System.err.println("round " + round + " of " + ROUNDS);
            for (int atATime : AT_A_TIME) {
                for (Engine.Kind kind : engines.keySet()) {
                    phase(kind, atATime, count(kind), row(kind, atATime));
                }
            }
        }
        for (Engine.Kind kind : engines.keySet()) {
            for (int atATime : AT_A_TIME) {
                Row row = row(kind, atATime);
                report.row(kind.title, atATime, row.millis.median(), row.millis.percentile(95), row.millis.most(),
                        row.perSecond.median(), row.cpuMillis.median());
            }
        }
        engines.values().forEach(Engine::close);
        report.print(System.out);
    }

    /** Enough for a second or two. */
    private static int count(Engine.Kind kind) {
        return kind == Engine.Kind.ICE4J ? 80 : 400;
    }

    private Row row(Engine.Kind kind, int atATime) {
        return rows.computeIfAbsent(kind + " " + atATime, any -> new Row());
    }

    private void phase(Engine.Kind kind, int atATime, int count, Row row) throws Exception {
        Engine engine = engines.get(kind);
        AtomicInteger left = new AtomicInteger(count);
        ExecutorService askers = Executors.newFixedThreadPool(atATime);
        long cpu = Figures.cpuTime();
        long begun = System.nanoTime();
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < atATime; i++) {
            done.add(askers.submit(() -> {
                while (left.getAndDecrement() > 0) {
                    one(engine, row);
                }
                return null;
            }));
        }
        for (Future<?> asker : done) {
            asker.get();
        }
        row.perSecond.add(count * 1e9 / (System.nanoTime() - begun));
        row.cpuMillis.add((Figures.cpuTime() - cpu) / 1e6 / count);
        askers.shutdown();
    }

    private static void one(Engine engine, Row row) throws Exception {
        long begun = System.nanoTime();
        Engine.Connection connection = engine.connect();
        double millis = (System.nanoTime() - begun) / 1e6;
        connection.close();
        synchronized (row) {
            row.millis.add(millis);
        }
    }

    private static final class Row {
        final Sample millis = new Sample();
        final Sample perSecond = new Sample();
        final Sample cpuMillis = new Sample();
    }
}
