package io.natconnector.relay;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.Machine;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StaticCredentials;
import io.natconnector.stun.Transport;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.VirtualInternet;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who connects to the relay and does not go on to use it. */
class VisitorsTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("203.0.113.10", 3478);

    private final VirtualInternet net = new VirtualInternet(1);
    private final Host relay = net.host("relay", "203.0.113.10");
    private final Host guest = net.host("guest", "198.51.100.20");
    private final RelayServer server = new RelayServer(RelayServerConfig.builder("example.org",
            new StaticCredentials(Map.of("alice", "secret"))).listen(Transport.TCP, SERVER).relay(SERVER.getAddress()).build(),
            relay.random(), 1_800_000_000L, 0);
    private final Guest machine = new Guest();

    VisitorsTest() {
        relay.run(server);
        guest.run(machine);
        net.runFor(ofSeconds(1));
    }

    @AfterEach
    void close() {
        net.close();
    }

    @Test
    void aConnectionThatNobodyAllocatesOverIsClosed() {
        assertThat(machine.connection).isNotNull();

        net.runFor(ofSeconds(28));
        assertThat(relay.openConnections()).isEqualTo(1);
        net.runFor(ofSeconds(3));
        assertThat(relay.openConnections()).isZero();
        assertThat(guest.openConnections()).isZero();
        assertThat(server.remains()).isZero();
    }

    @Test
    void oneThatCarriesAnAllocationStaysUntilThatEnds() {
        guest.mutate(machine, machine::allocate);
        net.runFor(ofMinutes(30));
        assertThat(machine.client.isAllocated()).isTrue();
        assertThat(relay.openConnections()).isEqualTo(1);

        guest.mutate(machine, now -> machine.client.close(now));
        net.runFor(ofSeconds(31));
        assertThat(relay.openConnections()).isZero();
        assertThat(server.remains()).isZero();
    }

    @Test
    void anAllocationEndsWithItsConnection() {
        guest.mutate(machine, machine::allocate);
        net.runFor(ofSeconds(1));
        assertThat(server.statistics().activeAllocations()).isEqualTo(1);

        guest.mutate(machine, now -> machine.hangUp = true);
        net.runFor(ofSeconds(1));
        assertThat(server.statistics().activeAllocations()).isZero();
        assertThat(server.remains()).isZero();
        machine.client.abandon();
    }

    /** Connects, and allocates when it is told to. */
    private final class Guest implements SocketMachine {
        private FiveTuple connection;
        private RelayClient client;
        private boolean asked;
        private boolean hangUp;

        void allocate(long now) {
            client = new RelayClient(new RelayAccess(Transport.TCP, SERVER, "alice", "secret"), connection.local(),
                    guest.random(), now);
        }

        @Override
        public SocketRequest pollSocket() {
            if (!asked) {
                asked = true;
                return SocketRequest.connect(Transport.TCP, guest.endpoint(0), SERVER, null);
            }
            SocketRequest request = hangUp ? SocketRequest.close(connection) : null;
            hangUp = false;
            return request;
        }

        @Override
        public void connectionOpened(SocketRequest request, FiveTuple opened, long now) {
            connection = opened;
        }

        @Override
        public void socketOpened(SocketRequest request, InetSocketAddress bound, long now) { }

        @Override
        public boolean receive(Datagram datagram, long now) {
            return client != null && client.receive(datagram, now);
        }

        @Override
        public void handleTimeout(long now) {
            if (client != null) {
                client.handleTimeout(now);
            }
        }

        @Override
        public long nextTimeout() {
            return client == null ? Machine.NEVER : client.nextTimeout();
        }

        @Override
        public Datagram pollTransmit() {
            return client == null ? null : client.pollTransmit();
        }
    }
}
