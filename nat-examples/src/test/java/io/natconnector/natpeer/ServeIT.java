package io.natconnector.natpeer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.natconnector.Connector;
import io.natconnector.NetworkReport;
import io.natconnector.natpeer.cli.ExitCode;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** serve as an operator meets it: a process that is told by signals. */
@Timeout(300)
class ServeIT {
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private Running serve(String... more) throws Exception {
        List<String> line = new ArrayList<>(List.of("serve", "--listen", "127.0.0.1", "--no-broker", "--json",
                "--user", "alice:secret", "--allow-peer", "127.0.0.0/8", "--log-allocations"));
        line.addAll(List.of(more));
        if (!line.contains("--port")) {
            line.addAll(List.of("--port", "0"));
        }
        Running server = Running.natpeer(line.toArray(String[]::new));
        open.add(server);
        return server;
    }

    private static JsonObject event(Running server, String name) throws InterruptedException {
        return JsonParser.parseString(server.awaitOutput(line -> line.contains("\"event\":\"" + name + "\""))).getAsJsonObject();
    }

    /** Process.destroy() would close its output for us, too. */
    private static void sigterm(Running server) {
        assertThat(server.process().toHandle().destroy()).isTrue();
    }

    private static String address(Running server) throws InterruptedException {
        return event(server, "ready").get("stun").getAsString();
    }

    private static HttpResponse<String> get(String uri) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(uri)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Somebody with an allocation at that server, if he gets one. */
    private Connector client(String address) {
        Connector client = Connector.builder().relay(address, "alice", "secret").bind(InetAddress.getLoopbackAddress()).build();
        open.add(0, client);
        return client;
    }

    private static NetworkReport report(Connector client) throws Exception {
        return client.check(Duration.ofSeconds(10)).get(30, SECONDS);
    }

    @Test
    void sigtermLetsAllocationsEndFirst() throws Exception {
        Running server = serve("--drain-seconds", "600", "--metrics", "0");
        JsonObject ready = event(server, "ready");
        String address = ready.get("stun").getAsString();
        String operations = "http://" + ready.get("metrics").getAsString();
        Connector early = client(address);
        assertThat(report(early).relayed()).hasSize(1);
        assertThat(get(operations + "/ready").statusCode()).isEqualTo(200);

        sigterm(server);
        assertThat(event(server, "draining").get("allocations").getAsInt()).isEqualTo(1);
        assertThat(report(client(address)).relayed()).isEmpty();
        assertThat(server.process().isAlive()).isTrue();
        assertThat(get(operations + "/ready").statusCode()).isEqualTo(503);
        assertThat(get(operations + "/metrics").body()).contains("natconnector_server_draining 1.0",
                "natconnector_relay_allocations_active 1.0", "natconnector_relay_refusals_total{code=\"508\"}");
        early.close();

        Spoken spoken = server.await();
        assertThat(spoken.code()).isEqualTo(ExitCode.OK);
        assertThat(spoken.complaint()).contains("event=created user=\"alice\"", "event=ended user=\"alice\"", "cause=deleted")
                .doesNotContain("secret");
    }

    @Test
    void itListensAtSeveralAddressesAndTellsWhatTheWorldSees() throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Running server = serve("--listen", "127.0.0.2", "--port", String.valueOf(port), "--external-ip", "192.0.2.7");
        assertThat(address(server)).isEqualTo("192.0.2.7:" + port);

        for (String at : List.of("127.0.0.1", "127.0.0.2")) {
            assertThat(report(client(at + ":" + port)).relayed()).as(at).singleElement()
                    .satisfies(relayed -> assertThat(relayed.getAddress().getHostAddress()).isEqualTo("192.0.2.7"));
        }
    }

    @Test
    void aSecondSigtermDoesNotWait() throws Exception {
        Running server = serve("--drain-seconds", "600");
        assertThat(report(client(address(server))).relayed()).hasSize(1);

        sigterm(server);
        event(server, "draining");
        sigterm(server);

        Spoken spoken = server.await();
        assertThat(spoken.code()).isEqualTo(ExitCode.OK);
        assertThat(spoken.complaint()).contains("cause=closed");
    }

    @Test
    void theTimeToDrainIsBounded() throws Exception {
        Running server = serve("--drain-seconds", "1");
        assertThat(report(client(address(server))).relayed()).hasSize(1);

        sigterm(server);

        assertThat(server.await().code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void whoComesWhileItDrainsGoesToTheOtherServer() throws Exception {
        Running other = serve();
        String otherAddress = address(other);
        Running server = serve("--alternate-server", otherAddress, "--drain-seconds", "600");
        String address = address(server);
        assertThat(report(client(address)).relayed()).hasSize(1);

        sigterm(server);
        event(server, "draining");
        assertThat(report(client(address)).relayed()).hasSize(1);

        other.awaitComplaint(line -> line.contains("event=created user=\"alice\""));
    }

    @Test
    void aServerThatNobodyUsesEndsAtOnce() throws Exception {
        Running server = serve("--drain-seconds", "600");
        address(server);

        sigterm(server);

        assertThat(server.await().code()).isEqualTo(ExitCode.OK);
    }
}
