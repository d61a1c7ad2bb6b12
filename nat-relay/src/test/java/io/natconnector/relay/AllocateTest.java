package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.SERVER;
import static io.natconnector.relay.RelayBench.address;
import static io.natconnector.relay.RelayBench.code;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Allocate and Refresh on the server: RFC 8656, sections 7 and 8. */
@ExtendWith(NoLeaks.class)
class AllocateTest {
    private final RelayBench bench = new RelayBench();
    private final RelayBench.Asker alice = bench.asker("198.51.100.20");

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void opensASocketForEachAllocationAndTellsItsAddress() {
        StunMessage answer = alice.allocate();

        assertThat(code(answer)).isZero();
        assertThat(bench.open).contains(alice.relayed);
        assertThat(alice.relayed.getAddress()).isEqualTo(SERVER.getAddress());
        assertThat(alice.relayed.getPort()).isBetween(49_152, 65_535);
        assertThat(answer.get(StunAttribute.XOR_MAPPED_ADDRESS)).isEqualTo(alice.address);
        assertThat(answer.get(StunAttribute.LIFETIME)).isEqualTo(600);
        assertThat(answer.hasIntegrity()).isTrue();
    }

    @Test
    void answersTheSameRequestOnceMoreTheSame() {
        alice.login();
        ByteBuf request = alice.request(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 17));
        ByteBuf again = request.copy();

        StunMessage first = alice.raw(request);
        StunMessage second = alice.raw(again);

        assertThat(second.get(StunAttribute.XOR_RELAYED_ADDRESS)).isEqualTo(first.get(StunAttribute.XOR_RELAYED_ADDRESS));
        assertThat(second.transactionId()).isEqualTo(first.transactionId());
        assertThat(bench.server.statistics().openSockets()).isEqualTo(1);
    }

    @Test
    void refusesASecondAllocationOnTheSameFiveTuple() {
        alice.allocated();

        assertThat(code(alice.allocate())).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
    }

    @Test
    void refusesARequestWithoutTransportAndOneForAnother() {
        assertThat(code(alice.ask(StunMethod.ALLOCATE, RelayBench.NOTHING))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.ask(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 1))))
                .isEqualTo(ErrorCode.UNSUPPORTED_TRANSPORT);
        assertThat(code(alice.ask(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 6))))
                .as("connections, for a client of datagrams (RFC 6062, section 5.1)").isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void namesTheAttributesThatItDoesNotKnow() {
        alice.login();
        ByteBuf request = ByteBufAllocator.DEFAULT.buffer();
        StunWriter writer = StunWriter.into(request, StunMethod.ALLOCATE, StunClass.REQUEST, TransactionId.random(bench.random));
        request.writeInt(0x7FF0_0000);
        StunMessage answer = alice.raw(alice.credential.authenticate(writer).end());

        assertThat(code(answer)).isEqualTo(ErrorCode.UNKNOWN_ATTRIBUTE);
        assertThat(answer.get(StunAttribute.UNKNOWN_ATTRIBUTES)).containsExactly(0x7FF0);
    }

    @ParameterizedTest
    @CsvSource({"1, 600", "599, 600", "777, 777", "3600, 3600", "3601, 3600", "-1, 3600"})
    void grantsNoLessThanTheUsualLifetimeAndNoMoreThanTheLongest(int wanted, int granted) {
        StunMessage answer = alice.allocate(writer -> writer.put(StunAttribute.LIFETIME, wanted));

        assertThat(answer.get(StunAttribute.LIFETIME)).isEqualTo(granted);
        assertThat(alice.refresh(wanted).get(StunAttribute.LIFETIME)).isEqualTo(granted);
    }

    @Test
    void endsAnAllocationThatNobodyRefreshes() {
        alice.allocated();
        bench.pass(ofSeconds(599));
        assertThat(bench.server.statistics().activeAllocations()).isEqualTo(1);

        bench.pass(ofSeconds(1));

        assertThat(bench.server.remains()).isZero();
        assertThat(bench.open).containsExactlyInAnyOrder(SERVER, RelayBench.SERVER6);
        assertThat(bench.server.statistics().expired()).isEqualTo(1);
    }

    @Test
    void keepsAnAllocationThatIsRefreshed() {
        alice.allocated();
        for (int i = 0; i < 10; i++) {
            bench.pass(ofMinutes(9));
            assertThat(code(alice.refresh(null))).isZero();
        }
        assertThat(bench.server.statistics().activeAllocations()).isEqualTo(1);
    }

    @Test
    void knowsNoAllocationThatItDidNotMake() {
        assertThat(code(alice.refresh(600))).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
        assertThat(code(alice.permit(address("198.51.100.7", 1)))).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
        assertThat(code(alice.bind(0x4000, address("198.51.100.7", 1)))).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
    }

    @Test
    void letsNobodyElseTouchAnAllocation() {
        alice.allocated();
        RelayBench.Asker bob = bench.asker("198.51.100.20", 5000, "bob", "hidden");

        assertThat(code(bob.refresh(0))).isEqualTo(ErrorCode.WRONG_CREDENTIALS);
        assertThat(code(bob.permit(address("198.51.100.7", 1)))).isEqualTo(ErrorCode.WRONG_CREDENTIALS);
        assertThat(code(bob.allocate())).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
        assertThat(bench.server.statistics().activeAllocations()).isEqualTo(1);
    }

    @Test
    void drawsPortsThatNobodyCanGuess() {
        List<Integer> ports = new ArrayList<>();
        try (RelayBench wide = new RelayBench(config -> config.quotas(100, 100, 100))) {
            for (int i = 0; i < 100; i++) {
                ports.add(wide.asker("198.51.100." + i).allocated().relayed.getPort());
            }
        }
        long near = 0;
        for (int i = 1; i < ports.size(); i++) {
            near += Math.abs(ports.get(i) - ports.get(i - 1)) <= 16 ? 1 : 0;
        }
        assertThat(ports).doesNotHaveDuplicates();
        assertThat(near).isLessThan(5);
    }

    @Test
    void takesAnotherPortWhenOneIsOccupied() {
        try (RelayBench narrow = new RelayBench(config -> config.ports(50_000, 50_003))) {
            narrow.occupied.add(address("203.0.113.10", 50_001));
            narrow.occupied.add(address("203.0.113.10", 50_002));
            RelayBench.Asker first = narrow.asker("198.51.100.1");
            while (code(first.allocate()) == ErrorCode.INSUFFICIENT_CAPACITY) {
                assertThat(narrow.server.remains()).isZero();
            }
            assertThat(first.relayed.getPort()).isIn(50_000, 50_003);
        }
    }

    @Test
    void saysThatItIsFullWhenNoPortIsLeft() {
        try (RelayBench narrow = new RelayBench(config -> config.ports(50_000, 50_001))) {
            narrow.asker("198.51.100.1").allocated();
            RelayBench.Asker second = narrow.asker("198.51.100.2").allocated();
            RelayBench.Asker third = narrow.asker("198.51.100.3");
            assertThat(code(third.allocate())).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
            assertThat(code(second.refresh(0))).isZero();
            assertThat(code(third.allocate())).isZero();
        }
    }

    @Test
    void givesAnEvenPortWithoutKeepingTheNext() {
        try (RelayBench narrow = new RelayBench(config -> config.ports(50_000, 50_099))) {
            RelayBench.Asker client = narrow.asker("198.51.100.1");
            for (int i = 0; i < 1_000; i++) {
                assertThat(code(client.allocate(writer -> writer.put(StunAttribute.EVEN_PORT, false)))).as("round " + i).isZero();
                assertThat(client.relayed.getPort() % 2).isZero();
                assertThat(code(client.refresh(0))).isZero();
                narrow.forget();
            }
            assertThat(narrow.server.remains()).isZero();
        }
    }

    @Test
    void holdsTheNextPortForWhomTheTokenWasGivenTo() {
        StunMessage first = alice.allocate(writer -> writer.put(StunAttribute.EVEN_PORT, true));
        Long token = first.get(StunAttribute.RESERVATION_TOKEN);
        RelayBench.Asker thief = bench.asker("198.51.100.66", 5000, "bob", "hidden");
        RelayBench.Asker second = bench.asker("198.51.100.20", 5001, "alice", "secret");

        assertThat(code(thief.allocate(writer -> writer.put(StunAttribute.RESERVATION_TOKEN, token))))
                .isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
        assertThat(code(second.allocate(writer -> writer.put(StunAttribute.RESERVATION_TOKEN, token)))).isZero();

        assertThat(alice.relayed.getPort() % 2).isZero();
        assertThat(second.relayed.getPort()).isEqualTo(alice.relayed.getPort() + 1);
        RelayBench.Asker late = bench.asker("198.51.100.20", 5002, "alice", "secret");
        assertThat(code(late.allocate(writer -> writer.put(StunAttribute.RESERVATION_TOKEN, token))))
                .isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
    }

    @Test
    void letsGoOfAPortThatNobodyCameForInThirtySeconds() {
        Long token = alice.allocate(writer -> writer.put(StunAttribute.EVEN_PORT, true)).get(StunAttribute.RESERVATION_TOKEN);
        assertThat(bench.server.statistics().openSockets()).isEqualTo(2);

        bench.pass(ofSeconds(30));

        assertThat(bench.server.statistics().openSockets()).isEqualTo(1);
        RelayBench.Asker late = bench.asker("198.51.100.20", 5001, "alice", "secret");
        assertThat(code(late.allocate(writer -> writer.put(StunAttribute.RESERVATION_TOKEN, token))))
                .isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
    }

    /** Else allocating and giving back in turn would take ports that no quota counts. */
    @Test
    void letsGoOfTheHeldPortTogetherWithTheAllocation() {
        alice.allocate(writer -> writer.put(StunAttribute.EVEN_PORT, true));
        alice.refresh(0);

        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void refusesATokenTogetherWithOtherWishes() {
        assertThat(code(alice.allocate(writer -> writer.put(StunAttribute.RESERVATION_TOKEN, 1L)
                .put(StunAttribute.EVEN_PORT, true)))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.allocate(writer -> writer.put(StunAttribute.RESERVATION_TOKEN, 1L)
                .put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 1)))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.allocate(writer -> writer.put(StunAttribute.RESERVATION_TOKEN, 12345678L))))
                .isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
    }

    @Test
    void relaysFromTheFamilyThatIsAskedFor() {
        assertThat(code(alice.allocate(writer -> writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 7))))
                .isEqualTo(ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED);
        assertThat(code(alice.allocate(writer -> writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 2)))).isZero();
        assertThat(alice.relayed.getAddress()).isEqualTo(RelayBench.SERVER6.getAddress());
        assertThat(code(alice.ask(StunMethod.REFRESH, writer -> writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 1))))
                .isEqualTo(ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH);
    }

    @Test
    void relaysFromBothFamiliesAtOnce() {
        StunMessage answer = alice.allocate(writer -> writer.put(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 2));

        assertThat(answer.all(StunAttribute.XOR_RELAYED_ADDRESS)).extracting(relayed -> relayed.getAddress())
                .containsExactly(SERVER.getAddress(), RelayBench.SERVER6.getAddress());
        assertThat(code(alice.permit(address("198.51.100.7", 1), address("2600::7", 1)))).isZero();

        assertThat(code(alice.ask(StunMethod.REFRESH, writer -> writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 2)
                .put(StunAttribute.LIFETIME, 0)))).isZero();
        assertThat(bench.server.statistics().openSockets()).isEqualTo(1);
        assertThat(code(alice.permit(address("2600::7", 1)))).isEqualTo(ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH);
        alice.refresh(0);
        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void endsWithItsOnlyAddress() {
        alice.allocated();

        assertThat(code(alice.ask(StunMethod.REFRESH, writer -> writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 1)
                .put(StunAttribute.LIFETIME, 0)))).isZero();

        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void endsWithBothAddressesWhenNoneIsNamed() {
        alice.allocate(writer -> writer.put(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 2));
        alice.refresh(0);

        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void saysWhyThereIsNoAdditionalAddress() {
        try (RelayBench four = new RelayBench(config -> { })) {
            for (int port = 49_152; port <= 65_535; port++) {
                four.occupied.add(address("2600::10", port));
            }
            StunMessage answer = four.asker("198.51.100.20")
                    .allocate(writer -> writer.put(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 2));
            assertThat(answer.all(StunAttribute.XOR_RELAYED_ADDRESS)).hasSize(1);
            assertThat(answer.get(StunAttribute.ADDRESS_ERROR_CODE)).containsExactly(2, 0, 5, 8);
        }
    }

    @Test
    void refusesAnAdditionalFamilyThatMakesNoSense() {
        assertThat(code(alice.allocate(writer -> writer.put(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 1))))
                .isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.allocate(writer -> writer.put(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 2)
                .put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 1)))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.allocate(writer -> writer.put(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 2)
                .put(StunAttribute.EVEN_PORT, true)))).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void relaysFromASocketThatKeepsDatagramsWholeWhereThatIsWished() {
        bench.slow = true;
        alice.allocate(writer -> writer.put(StunAttribute.DONT_FRAGMENT, true));
        assertThat(bench.pending).extracting(SocketRequest::dontFragment).containsExactly(true);
        assertThat(bench.openPending()).hasSize(1);
    }

    @Test
    void doesNotKnowThatWishWhereItsSocketsCantFulfilIt() {
        try (RelayBench cutting = new RelayBench(config -> config.keepsWhole(false))) {
            StunMessage answer = cutting.asker("198.51.100.20").allocate(writer -> writer.put(StunAttribute.DONT_FRAGMENT, true));
            assertThat(code(answer)).isEqualTo(ErrorCode.UNKNOWN_ATTRIBUTE);
            assertThat(answer.get(StunAttribute.UNKNOWN_ATTRIBUTES)).containsExactly(0x001A);
        }
    }

    @Test
    void tellsTheAddressOutsideOfAOneToOneNat() {
        InetSocketAddress local = address("10.0.0.5", 3478);
        try (RelayBench inside = new RelayBench(1, config -> config
                .relay(local.getAddress(), address("203.0.113.99", 1).getAddress()))) {
            RelayBench.Asker client = inside.asker("198.51.100.20").allocated();
            assertThat(client.relayed.getAddress()).isEqualTo(address("203.0.113.99", 1).getAddress());
            assertThat(inside.open).contains(new InetSocketAddress(local.getAddress(), client.relayed.getPort()));
        }
    }

    @Test
    void endsAnAllocationWithTheStreamThatItWasMadeOn() {
        try (RelayBench streams = new RelayBench(config -> config.listen(Transport.TCP, SERVER))) {
            TransactionId id = TransactionId.random(streams.random);
            ByteBuf bare = StunWriter.write(StunMethod.ALLOCATE, StunClass.REQUEST, id).end();
            StunMessage challenge = StunMessage.parse(streams.deliver(
                    new Datagram(Transport.TCP, alice.address, SERVER, bare)).get(0).payload());
            assertThat(challenge.has(StunAttribute.PASSWORD_ALGORITHMS)).as("offered over streams").isTrue();
            alice.credential.challenge(challenge, alice.credential.attempt());
            ByteBuf request = alice.request(StunMethod.ALLOCATE, writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 17));
            Datagram answer = streams.deliver(new Datagram(Transport.TCP, alice.address, SERVER, request)).get(0);
            assertThat(answer.transport()).isEqualTo(Transport.TCP);
            assertThat(code(StunMessage.parse(answer.payload()))).isZero();

            streams.server.connectionClosed(new FiveTuple(Transport.TLS, SERVER, alice.address), 0);
            assertThat(streams.server.statistics().activeAllocations()).isEqualTo(1);
            streams.server.connectionClosed(new FiveTuple(Transport.TCP, SERVER, alice.address), 0);
            streams.pass(ofSeconds(0));
            assertThat(streams.server.remains()).isZero();
        }
    }

    @Test
    void closesEverythingWhenItIsClosed() {
        alice.allocate(writer -> writer.put(StunAttribute.EVEN_PORT, true));
        bench.server.close(bench.now);
        bench.pass(ofSeconds(0));

        assertThat(bench.server.remains()).isZero();
        assertThat(bench.open).isEmpty();
        assertThat(bench.server.listening()).isEmpty();
    }
}
