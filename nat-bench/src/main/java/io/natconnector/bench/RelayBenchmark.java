package io.natconnector.bench;

import io.natconnector.stun.StunMethod;
import java.io.IOException;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Our relay and coturn's, in turn, under the same load: CPU time per packet, latency, allocations a second, memory. The relay has
 * one processor, the load another.
 */
final class RelayBenchmark {
    private static final int[] ALLOCATIONS = {1, 100, 1000, 5000};
    private static final int MOST = 5000;
    private static final int STRANGERS = 2000;
    private static final long WARM_UP = TimeUnit.MILLISECONDS.toNanos(300);
    /** A relay runs for weeks: what counts is what it does once its code is compiled, which on a busy machine takes its time. */
    private static final int REHEARSED = 100_000;
    private static final int REHEARSAL_SECONDS = 12;

    private final int rounds;
    private final long nanos;
    private final List<RelayUnderTest> relays = new ArrayList<>();
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Map<RelayUnderTest, Setup> setups = new LinkedHashMap<>();

    private RelayBenchmark(int rounds, long nanos) {
        this.rounds = rounds;
        this.nanos = nanos;
    }

    static void run(boolean quick) throws Exception {
        new RelayBenchmark(quick ? 2 : 5, TimeUnit.MILLISECONDS.toNanos(quick ? 1500 : 3000)).measure();
    }

    /** The load's threads that are there and those to come. */
    private static void pinLoad() throws IOException, InterruptedException {
        if (!RelayUnderTest.pin(1).isEmpty()) {
            new ProcessBuilder("taskset", "-a", "-c", "-p", "1", String.valueOf(ProcessHandle.current().pid()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        }
    }

    private void measure() throws Exception {
        Report packets = new Report("Relays, packets of " + RelayLoad.SIZE + " bytes, " + RelayLoad.WINDOW
                + " under way; medians of " + rounds + " rounds", "load", "relay", "CPU us a packet", "least", "most",
                "of coturn's", "packets a second", "p50 us", "p99 us", "lost");
        Report allocations = new Report("Relays, " + MOST + " allocations with a channel each, " + RelayLoad.ASKING_AT_ONCE
                + " being made at a time", "relay", "made a second", "CPU us each", "heap and direct KiB each", "resident KiB each",
                "descriptors each", "kept of each stranger, KiB heap and direct", "the same, resident");
        pinLoad();
        try {
            if (RelayUnderTest.isInstalled("turnserver")) {
                relays.add(RelayUnderTest.coturn(freePort()));
            }
            relays.add(RelayUnderTest.ours());
            System.err.println("memory");
            for (RelayUnderTest relay : relays) {
                setups.put(relay, new Setup());
                relaying(relay, 100, new Row(), new Setup());
                memory(relay, setups.get(relay));
            }
            System.err.println("warming up");
            for (RelayUnderTest relay : relays) {
                rehearse(relay);
            }
            for (int round = 1; round <= rounds; round++) {
                System.err.println("round " + round + " of " + rounds);
                round();
            }
            report(packets, allocations);
        } finally {
            relays.forEach(relay -> {
                try {
                    relay.close();
                } catch (Exception e) {
                    System.err.println(e);
                }
            });
        }
    }

    private static void rehearse(RelayUnderTest relay) throws Exception {
        try (RelayLoad load = new RelayLoad(relay.address())) {
            load.startBinding();
            load.until(REHEARSED, REHEARSAL_SECONDS);
        }
        for (int count : ALLOCATIONS) {
            try (RelayLoad load = new RelayLoad(relay.address())) {
                load.clients(count);
                load.askAll(StunMethod.ALLOCATE);
                load.askAll(StunMethod.CHANNEL_BIND);
                load.startRelaying();
                load.until(REHEARSED, REHEARSAL_SECONDS);
                load.askAll(StunMethod.REFRESH);
            }
        }
    }

    private void round() throws Exception {
        for (RelayUnderTest relay : relays) {
            bindings(relay, row("Binding requests", relay));
        }
        for (int count : ALLOCATIONS) {
            for (RelayUnderTest relay : relays) {
                relaying(relay, count, row("relayed, allocations: " + count, relay), setups.get(relay));
            }
        }
    }

    private Row row(String load, RelayUnderTest relay) {
        return rows.computeIfAbsent(load + "|" + relay.name(), name -> new Row());
    }

    private void bindings(RelayUnderTest relay, Row row) throws Exception {
        try (RelayLoad load = new RelayLoad(relay.address())) {
            load.startBinding();
            data(relay, load, row, 1);
        }
    }

    private void relaying(RelayUnderTest relay, int count, Row row, Setup setup) throws Exception {
        try (RelayLoad load = new RelayLoad(relay.address())) {
            load.clients(count);
            double cpu = relay.cpuMicros();
            double seconds = load.askAll(StunMethod.ALLOCATE);
            if (count == MOST) {
                setup.perSecond.add(count / seconds);
                setup.cpu.add((relay.cpuMicros() - cpu) / count);
            }
            load.askAll(StunMethod.CHANNEL_BIND);
            load.startRelaying();
            data(relay, load, row, 2);
            load.askAll(StunMethod.REFRESH);
        }
    }

    /** @param crossings how often a packet that came back has passed the relay */
    private void data(RelayUnderTest relay, RelayLoad load, Row row, int crossings) throws Exception {
        double[] cpu = new double[1];
        long[] begun = new long[1];
        load.after(WARM_UP, () -> {
            load.window().reset();
            cpu[0] = relay.cpuMicros();
            begun[0] = System.nanoTime();
        });
        load.after(nanos, () -> {
            Window window = load.window();
            double packets = (double) window.count() * crossings;
            row.cpu.add((relay.cpuMicros() - cpu[0]) / packets);
            row.perSecond.add(packets * 1e9 / (System.nanoTime() - begun[0]));
            row.p50.add(window.micros(50));
            row.p99.add(window.micros(99));
            row.lost += window.lost();
            window.stop();
        });
    }

    /** Allocations that do nothing; then strangers who ask once and are refused. */
    private static void memory(RelayUnderTest relay, Setup setup) throws Exception {
        double heap = relay.heapAndDirect();
        double resident = relay.resident();
        double files = relay.descriptors();
        try (RelayLoad load = new RelayLoad(relay.address())) {
            load.clients(MOST);
            load.askAll(StunMethod.ALLOCATE);
            load.askAll(StunMethod.CHANNEL_BIND);
            setup.heap = (relay.heapAndDirect() - heap) / 1024 / MOST;
            setup.resident = (relay.resident() - resident) / 1024 / MOST;
            setup.files = (relay.descriptors() - files) / MOST;
            load.askAll(StunMethod.REFRESH);
        }
        heap = relay.heapAndDirect();
        resident = relay.resident();
        try (RelayLoad load = new RelayLoad(relay.address())) {
            load.clients(STRANGERS);
            load.askAllAsStrangers();
            setup.strangerHeap = (relay.heapAndDirect() - heap) / 1024 / STRANGERS;
            setup.strangerResident = (relay.resident() - resident) / 1024 / STRANGERS;
        }
    }

    private void report(Report packets, Report allocations) {
        rows.forEach((name, row) -> {
            String load = name.substring(0, name.indexOf('|'));
            Row coturn = rows.get(load + "|coturn");
            packets.row(load, name.substring(load.length() + 1), row.cpu.median(), row.cpu.least(), row.cpu.most(),
                    coturn == null ? Double.NaN : row.cpu.median() / coturn.cpu.median(), row.perSecond.median(), row.p50.median(),
                    row.p99.median(), row.lost);
        });
        packets.print(System.out);
        setups.forEach((relay, setup) -> allocations.row(relay.name(), setup.perSecond.median(), setup.cpu.median(), setup.heap,
                setup.resident, setup.files, setup.strangerHeap, setup.strangerResident));
        allocations.print(System.out);
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            return socket.getLocalPort();
        }
    }

    private static final class Row {
        final Sample cpu = new Sample();
        final Sample perSecond = new Sample();
        final Sample p50 = new Sample();
        final Sample p99 = new Sample();
        long lost;
    }

    private static final class Setup {
        final Sample perSecond = new Sample();
        final Sample cpu = new Sample();
        double heap;
        double resident;
        double files;
        double strangerHeap;
        double strangerResident;
    }
}
