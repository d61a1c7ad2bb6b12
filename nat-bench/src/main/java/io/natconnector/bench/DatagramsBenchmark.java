package io.natconnector.bench;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** Datagrams one way, as fast as they go without loss: how much CPU time each takes, on both sides together. */
final class DatagramsBenchmark {
    private static final int ROUNDS = 5;
    private static final long POLL = TimeUnit.MILLISECONDS.toNanos(20);
    /** Nothing has moved for so long: what is under way is lost. */
    private static final long STALLED = TimeUnit.MILLISECONDS.toNanos(500);

    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Map<String, Row> rows = new LinkedHashMap<>();

    /** @param ways which to measure, a regular expression for a part of their names */
    static void run(int seconds, String ways) throws Exception {
        new DatagramsBenchmark().measure(LocalAddress.best(), TimeUnit.SECONDS.toNanos(seconds), Pattern.compile(ways));
    }

    private void measure(InetAddress address, long nanos, Pattern ways) throws Exception {
        Report report = new Report("Datagrams of " + Lane.SIZE + " bytes one way within this machine, " + Lane.WINDOW
                + " under way; medians of " + ROUNDS + " rounds", "way", "CPU us each", "least", "most", "of it the relay's",
                "a second", "heap B each", "lost");
        for (Lanes way : Lanes.values()) {
            if (ways.matcher(way.title).find() && (way != Lanes.ICE4J || !address.isLoopbackAddress())) {
                lanes.put(way.title, way.open(address));
            }
        }
        System.err.println("warming up");
        for (Lane lane : lanes.values()) {
            turn(lane, Math.max(nanos, TimeUnit.SECONDS.toNanos(3)), new Row());
        }
        for (int round = 1; round <= ROUNDS; round++) {
            System.err.println("round " + round + " of " + ROUNDS);
            for (Map.Entry<String, Lane> lane : lanes.entrySet()) {
                turn(lane.getValue(), nanos, rows.computeIfAbsent(lane.getKey(), any -> new Row()));
            }
        }
        rows.forEach((name, row) -> report.row(name, row.cpu.median(), row.cpu.least(), row.cpu.most(), row.relay.median(),
                row.perSecond.median(), row.heap.median(), row.lost));
        report.print(System.out);
        List<Exception> failures = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            try {
                lane.close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private static void turn(Lane lane, long nanos, Row row) {
        long countBefore = lane.count();
        long heapBefore = Figures.allocated();
        long relayBefore = lane.otherProcesses();
        long cpuBefore = Figures.cpuTime();
        long begun = System.nanoTime();
        lane.start();
        long lost = watch(lane, begun, nanos);
        double count = lane.count() - countBefore - lost;
        double relay = (lane.otherProcesses() - relayBefore) / 1e3 / count;
        row.cpu.add((Figures.cpuTime() - cpuBefore) / 1e3 / count + relay);
        row.relay.add(relay == 0 ? Double.NaN : relay);
        row.perSecond.add(count * 1e9 / (System.nanoTime() - begun));
        row.heap.add((Figures.allocated() - heapBefore) / count);
        row.lost += lost;
    }

    /** Until the time is over and all that was sent is there; answers how many datagrams never came. */
    private static long watch(Lane lane, long begun, long nanos) {
        long lost = 0;
        long count = lane.count();
        long movedAt = begun;
        boolean over = false;
        while (!over || !lane.isDone()) {
            LockSupport.parkNanos(POLL);
            long now = System.nanoTime();
            if (!over && now - begun >= nanos) {
                lane.stop();
                over = true;
            }
            if (lane.count() != count) {
                count = lane.count();
                movedAt = now;
            } else if (now - movedAt > STALLED) {
                lost += lane.forgetLost();
                movedAt = now;
                if (!over) {
                    lane.start();
                }
            }
        }
        return lost;
    }

    private static final class Row {
        final Sample cpu = new Sample();
        final Sample relay = new Sample();
        final Sample perSecond = new Sample();
        final Sample heap = new Sample();
        long lost;
    }
}
