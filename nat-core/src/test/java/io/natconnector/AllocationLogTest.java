package io.natconnector;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.natconnector.relay.AllocationKey;
import io.natconnector.relay.RelayServerEvent;
import io.natconnector.relay.RelayTraffic;
import io.natconnector.stun.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class AllocationLogTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("198.51.100.7", 5000);
    private static final InetSocketAddress SERVER = new InetSocketAddress("2001:db8::1", 3478);
    private static final InetSocketAddress RELAYED = new InetSocketAddress("203.0.113.10", 50_000);
    private static final AllocationKey KEY = new AllocationKey(Transport.UDP, CLIENT, SERVER);

    private final Logger logger = (Logger) LoggerFactory.getLogger(AllocationLog.LOGGER);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.list = Collections.synchronizedList(new ArrayList<>());
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
    }

    @AfterEach
    void silence() {
        logger.detachAppender(lines);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    private List<String> logged() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void anAllocationIsALineWhenItIsMadeAndOneWhenItEnds() {
        AllocationLog log = new AllocationLog();
        log.accept(new RelayServerEvent.Created(KEY, "alice", List.of(RELAYED), 600));
        log.accept(new RelayServerEvent.Refreshed(KEY, "alice", 900));
        log.accept(new RelayServerEvent.Ended(KEY, "alice", List.of(RELAYED), RelayServerEvent.Cause.EXPIRED,
                Duration.ofMillis(61_500).toNanos(), new RelayTraffic(1, 20, 3, 400), 5));

        assertThat(logged()).containsExactly(
                "event=created user=\"alice\" transport=udp client=198.51.100.7:5000 server=[2001:db8::1]:3478 "
                        + "relayed=203.0.113.10:50000 lifetime=600",
                "event=ended user=\"alice\" transport=udp client=198.51.100.7:5000 server=[2001:db8::1]:3478 "
                        + "relayed=203.0.113.10:50000 cause=expired seconds=61.5 to_peers=1 bytes_to_peers=20 to_client=3 "
                        + "bytes_to_client=400 peers=5");
    }

    @Test
    void refreshesAreLinesForWhoWantsToKnowMore() {
        logger.setLevel(Level.DEBUG);
        new AllocationLog().accept(new RelayServerEvent.Refreshed(KEY, "alice", 900));

        assertThat(logged()).singleElement().satisfies(line -> assertThat(line).startsWith("event=refreshed user=\"alice\"")
                .endsWith("lifetime=900"));
    }

    @Test
    void aUserNameCannotLookLikeAnythingElse() {
        String name = "a\" cause=x\r\nevent=ended \\ {} \u202e\u00e9";
        new AllocationLog().accept(new RelayServerEvent.Created(KEY, name, List.of(), 1));

        assertThat(logged()).singleElement().satisfies(line -> assertThat(line)
                .contains("user=\"a\\\" cause=x\\u000d\\u000aevent=ended \\\\ {} \\u202e\\u00e9\" transport=udp").isASCII());
    }

    @Test
    void aServerWritesItAndTellsWhoListens() throws Exception {
        List<RelayServerEvent> told = Collections.synchronizedList(new ArrayList<>());
        PostOffice office = new PostOffice();
        try (NatServer server = NatServer.builder().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .user("alice", "confidential").allocationListener(told::add).start();
                Connectors connectors = new Connectors(office)) {
            String relay = "127.0.0.1:" + server.localAddress().getPort();
            connectors.add("alice", builder -> builder.relay(relay, "alice", "confidential"))
                    .check(Duration.ofSeconds(5)).get(10, SECONDS);
            assertThat(server.sockets().open()).isEqualTo(2);
            assertThat(server.sockets().received()).isGreaterThanOrEqualTo(2);
            assertThat(server.ping()).isPresent();
        }
        assertThat(told).hasAtLeastOneElementOfType(RelayServerEvent.Created.class)
                .hasAtLeastOneElementOfType(RelayServerEvent.Ended.class);
        assertThat(logged()).hasSize(2).allSatisfy(line ->
                assertThat(line).contains("user=\"alice\"").doesNotContain("confidential"));
    }

    @Test
    void aServerThatIsClosedDoesNotAnswerAnyMore() throws Exception {
        NatServer server = NatServer.builder().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).start();
        server.close();

        assertThat(server.ping()).isEmpty();
        assertThat(server.sockets().open()).isZero();
    }
}
