package io.natconnector.natpeer.ice;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.Role;
import io.natconnector.natpeer.cli.JsonLine;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures an engine within this process: pairs with host candidates only, over one of the machine's own addresses. One JSON line.
 */
final class Bench {
    private static final int CONNECTING_AT_ONCE = 16;
    private static final long RAMP = SECONDS.toNanos(3);
    private static final long REST = SECONDS.toNanos(5);       // ice4j ends its checks 3 s after it has connected

    private final Engine engine;
    private final InetAddress address;
    private final int payload;

    /** @param payload bytes of a datagram for {@code pps} */
    Bench(Engine engine, InetAddress address, int payload) {
        this.engine = engine;
        this.address = address;
        this.payload = payload;
    }

    JsonLine run(BenchSpec spec) throws IOException, InterruptedException {
        if (spec.kind() != BenchSpec.Kind.PPS) {
            pair().close();
            LockSupport.parkNanos(MILLISECONDS.toNanos(500));
        }
        return switch (spec.kind()) {
            case AGENTS -> agents(spec.amount());
            case CONNS -> connections(SECONDS.toNanos(spec.amount()), spec.parallel());
            case PPS -> packets(SECONDS.toNanos(spec.amount()));
        };
    }

    private LocalPair pair() throws IOException, InterruptedException {
        return LocalPair.connect(engine, IceSetup.local(Role.CONTROLLING, List.of(address)),
                IceSetup.local(Role.CONTROLLED, List.of(address)));
    }

    private JsonLine agents(int agents) throws IOException, InterruptedException {
        ProcessFigures before = ProcessFigures.now(true);
        long start = System.nanoTime();
        List<LocalPair> pairs = inParallel(CONNECTING_AT_ONCE, agents / 2, this::pair);
        double setup = seconds(start);
        ProcessFigures then = ProcessFigures.now(false);
        LockSupport.parkNanos(REST);
        ProcessFigures after = ProcessFigures.now(true);
        return new JsonLine().put("bench", "agents").put("n", agents).put("connected", pairs.size() * 2L).put("setup_s", setup)
                .put("heap_kb_delta", after.heapKb() - before.heapKb()).put("rss_kb_delta", after.rssKb() - before.rssKb())
                .put("rss_kb", after.rssKb()).put("rss_at_setup_end_kb", then.rssKb()).put("threads", after.threads())
                .put("threads_at_setup_end", then.threads()).put("threads0", before.threads())
                .put("fds", after.descriptors() - before.descriptors()).put("sockets", after.sockets() - before.sockets());
    }

    private static <T> List<T> inParallel(int threads, int times, Callable<T> task) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<T> results = new ArrayList<>();
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            futures.add(pool.submit(task));
        }
        for (Future<T> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                System.err.println(e.getCause().getMessage());
            }
        }
        pool.shutdown();
        pool.awaitTermination(1, SECONDS);
        return results;
    }

    private JsonLine connections(long nanos, int parallel) throws InterruptedException {
        connectFor(Math.min(nanos, RAMP), parallel, new ConcurrentLinkedQueue<>(), new LongAdder());
        ConcurrentLinkedQueue<Double> latencies = new ConcurrentLinkedQueue<>();
        LongAdder failed = new LongAdder();
        double cpu = ProcessFigures.cpuSeconds();
        long start = System.nanoTime();
        connectFor(nanos, parallel, latencies, failed);
        double elapsed = seconds(start);
        double[] sorted = latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new JsonLine().put("bench", "conns").put("par", parallel).put("conns", sorted.length).put("failed", failed.sum())
                .put("s", elapsed).put("per_s", sorted.length / elapsed).put("cpu_phase_s", ProcessFigures.cpuSeconds() - cpu)
                .put("lat_med_ms", share(sorted, 0.5)).put("lat_p99_ms", share(sorted, 0.99)).put("lat_max_ms", share(sorted, 1));
    }

    private void connectFor(long nanos, int parallel, ConcurrentLinkedQueue<Double> latencies, LongAdder failed)
            throws InterruptedException {
        long start = System.nanoTime();
        inParallel(parallel, parallel, () -> {
            for (long begin; (begin = System.nanoTime()) - start < nanos; ) {
                try (LocalPair pair = pair()) {
                    latencies.add((System.nanoTime() - begin) / 1e6);
                } catch (IOException e) {
                    failed.increment();
                }
            }
            return null;
        });
    }

    private JsonLine packets(long nanos) throws IOException, InterruptedException {
        try (LocalPair pair = pair()) {
            LongAdder received = new LongAdder();
            pair.onReceived(datagram -> received.increment());
            byte[] bytes = new byte[payload];
            Arrays.fill(bytes, (byte) 'x');
            pair.controlling().flood(bytes, RAMP);
            long before = received.sum();
            long start = System.nanoTime();
            long sent = pair.controlling().flood(bytes, nanos);
            double elapsed = seconds(start);
            return new JsonLine().put("bench", "pps").put("payload", payload).put("s", elapsed).put("sent_pps", sent / elapsed)
                    .put("recv_pps", (received.sum() - before) / elapsed);
        }
    }

    /** The value that so large a share of all does not exceed; -1 if there are none. */
    private static double share(double[] sorted, double share) {
        return sorted.length == 0 ? -1 : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
