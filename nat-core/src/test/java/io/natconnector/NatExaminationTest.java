package io.natconnector;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets on loopback, where there is no NAT and no filter. */
@Timeout(60)
class NatExaminationTest {
    private static final InetAddress ONE = InetAddresses.forString("127.0.0.1");
    private static final InetAddress OTHER = InetAddresses.forString("127.0.0.2");

    @Test
    void aServerWithTwoAddressesTellsThatThereIsNothingInTheWay() throws Exception {
        InetSocketAddress primary = free(ONE);
        try (NatServer server = NatServer.builder().listen(primary).secondAddress(free(OTHER)).start();
                Connector connector = connector(server)) {
            NatReport report = connector.examineNat(List.of(Duration.ofMillis(1))).get(30, SECONDS).get(0);

            assertThat(report.mapping()).isEqualTo(NatReport.Mapping.NONE);
            assertThat(report.filtering()).isEqualTo(NatReport.Filtering.ENDPOINT_INDEPENDENT);
            assertThat(report.hairpin()).contains(true);
            assertThat(report.portKept()).contains(true);
            assertThat(report.mapped()).contains(report.local());
            assertThat(report.lifetime()).contains(new NatReport.Lifetime(Duration.ofMillis(1), Optional.empty()));
            assertThat(report.toString()).contains("there is no NAT").contains("whoever knows the address");
        }
    }

    @Test
    void aPlainServerTellsNothingOfFilters() throws Exception {
        try (NatServer server = NatServer.builder().listen(new InetSocketAddress(ONE, 0)).start();
                Connector connector = connector(server)) {
            NatReport report = connector.examineNat(List.of()).get(30, SECONDS).get(0);

            assertThat(report.mapping()).isEqualTo(NatReport.Mapping.NONE);
            assertThat(report.filtering()).isEqualTo(NatReport.Filtering.UNKNOWN);
            assertThat(report.serverHasTwoAddresses()).isFalse();
        }
    }

    @Test
    void withoutServersThereIsNothingToTell() throws Exception {
        try (Connector connector = Connector.builder().plaintext().bind(ONE).build()) {
            assertThat(connector.examineNat(List.of()).get(30, SECONDS)).isEmpty();
        }
    }

    @Test
    void anExaminationEndsWithTheConnector() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, ONE)) {
            Connector connector = Connector.builder().plaintext().bind(ONE).stunServer("127.0.0.1:" + silent.getLocalPort())
                    .build();
            CompletableFuture<List<NatReport>> reports = connector.examineNat(List.of());

            connector.close();

            assertThatThrownBy(() -> reports.get(30, SECONDS)).isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void timesThatMakeNoSenseAreRefused() {
        try (Connector connector = Connector.builder().plaintext().bind(ONE).build()) {
            assertThatThrownBy(() -> connector.examineNat(List.of(Duration.ZERO))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> connector.examineNat(List.of(Duration.ofHours(1))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Connector connector(NatServer server) {
        return Connector.builder().plaintext().bind(ONE).stunServer("127.0.0.1:" + server.localAddress().getPort()).build();
    }

    private static InetSocketAddress free(InetAddress address) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, address)) {
            return new InetSocketAddress(address, socket.getLocalPort());
        }
    }
}
