package io.natconnector.natpeer.serve;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.Connector;
import io.natconnector.NatServer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OperationsPortTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final HttpClient client = HttpClient.newHttpClient();
    private NatServer server;
    private OperationsPort port;

    @BeforeEach
    void open() throws Exception {
        server = NatServer.builder().listen(ANY_PORT).user("alice", "secret").start();
        port = OperationsPort.open(server, new MetricsAddress().convert("0"));
    }

    @AfterEach
    void close() {
        port.close();
        server.close();
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port.address().getPort() + path);
        return client.send(HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void prometheusReadsWhatHasHappened() throws Exception {
        try (Connector alice = Connector.builder().bind(InetAddress.getLoopbackAddress())
                .relay("127.0.0.1:" + server.localAddress().getPort(), "alice", "secret").build()) {
            alice.check(Duration.ofSeconds(10)).get(20, SECONDS);

            HttpResponse<String> answer = ask("GET", "/metrics");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).hasValueSatisfying(type -> assertThat(type)
                    .startsWith("text/plain; version=0.0.4"));
            assertThat(answer.body()).contains("# TYPE natconnector_relay_allocations_total counter")
                    .contains("\nnatconnector_relay_allocations_total 1.0\n")
                    .contains("\nnatconnector_relay_allocations_active 1.0\n")
                    .contains("natconnector_relay_drops_total{reason=\"no_permission\"} 0.0")
                    .contains("natconnector_server_loop_lag_seconds ").contains("jvm_memory_used_bytes{")
                    .contains("process_files_open_files");
        }
    }

    @Test
    void itIsHealthyAndReadyUntilItDrains() throws Exception {
        assertThat(ask("GET", "/health").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/ready").body()).isEqualTo("ready\n");

        server.drain(Duration.ofMinutes(1));
        assertThat(ask("GET", "/ready").statusCode()).isEqualTo(503);
        assertThat(ask("GET", "/health").statusCode()).isEqualTo(200);

        server.close();
        assertThat(ask("GET", "/health").statusCode()).isEqualTo(503);
    }

    @Test
    void itListensOnLoopbackUnlessToldOtherwise() {
        assertThat(port.address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(new MetricsAddress().convert("192.0.2.1:9090")).isEqualTo(new InetSocketAddress("192.0.2.1", 9090));
        assertThat(new MetricsAddress().convert("[::1]:9090").getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        for (String path : new String[] {"/", "/metricsx", "/metrics/x", "/health/", "/../etc/passwd"}) {
            assertThat(ask("GET", path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
        HttpResponse<String> head = ask("HEAD", "/ready");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsOption() {
        assertThatThrownBy(() -> OperationsPort.open(server, port.address())).isInstanceOf(BindException.class)
                .hasMessageContaining("--metrics").hasMessageContaining(String.valueOf(port.address().getPort()));
    }
}
