package io.natconnector.natpeer.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.natconnector.NatServer;
import io.natconnector.metrics.NatServerMetrics;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Where an operator's programs look at a server, over HTTP: {@code /metrics} for Prometheus, {@code /health} whether it works,
 * {@code /ready} whether somebody new should be sent to it. For programs nearby: it asks for no password, so it is not for the
 * world to reach.
 */
final class OperationsPort implements AutoCloseable {
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final int BACKLOG = 16;
    private static final int THREADS = 2;

    private final NatServer server;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbage = new JvmGcMetrics();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
        Thread thread = new Thread(task, "natpeer operations");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpServer http;

    private OperationsPort(NatServer server, InetSocketAddress address) throws IOException {
        this.server = server;
        for (MeterBinder meters : List.of(new NatServerMetrics(server), garbage, new JvmMemoryMetrics(), new JvmThreadMetrics(),
                new ProcessorMetrics(), new FileDescriptorMetrics(), new UptimeMetrics())) {
            meters.bindTo(registry);
        }
        try {
            http = HttpServer.create(address, BACKLOG);
        } catch (BindException e) {
            throw (BindException) new BindException("--metrics takes an address and a port of this machine that is free, not "
                    + address.getHostString() + ":" + address.getPort()).initCause(e);
        }
        http.setExecutor(threads);
        http.createContext("/metrics", exchange -> answer(exchange, "/metrics", 200, PROMETHEUS, registry::scrape));
        http.createContext("/health", exchange -> {
            Optional<Duration> answered = server.ping();
            answer(exchange, "/health", answered.isPresent() ? 200 : 503, PLAIN,
                    () -> answered.isPresent() ? "works\n" : "the event loop does not answer\n");
        });
        http.createContext("/ready", exchange -> answer(exchange, "/ready", server.isDraining() ? 503 : 200, PLAIN,
                () -> server.isDraining() ? "draining\n" : "ready\n"));
        http.createContext("/", exchange -> answer(exchange, "", 404, PLAIN, () -> ""));
    }

    /** @param address where to listen; port 0 for any free one */
    static OperationsPort open(NatServer server, InetSocketAddress address) throws IOException {
        // Read once, when the first server of the process is made: nobody may hold a connection, or many of them
        System.setProperty("sun.net.httpserver.maxReqTime", "10");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
        System.setProperty("jdk.httpserver.maxConnections", "64");
        OperationsPort port = new OperationsPort(server, address);
        port.http.start();
        return port;
    }

    InetSocketAddress address() {
        return http.getAddress();
    }

    /** @param path the only one that this is the answer to: contexts of HttpServer take all that begin with theirs */
    private static void answer(HttpExchange exchange, String path, int code, String type, Supplier<String> body)
            throws IOException {
        boolean found = exchange.getRequestURI().getPath().equals(path);
        boolean reads = exchange.getRequestMethod().equals("GET") || exchange.getRequestMethod().equals("HEAD");
        byte[] bytes = (!found ? "there are /metrics, /health and /ready\n" : !reads ? "GET or HEAD\n" : body.get())
                .getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", found && reads ? type : PLAIN);
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(!found ? 404 : !reads ? 405 : code, head ? -1 : bytes.length);
            if (!head) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(bytes);
                }
            }
        }
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
        garbage.close();
        registry.close();
    }
}
