package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.NOTHING;
import static io.natconnector.relay.RelayBench.SERVER;
import static io.natconnector.relay.RelayBench.address;
import static io.natconnector.relay.RelayBench.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.BindingOptions;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every datagram is seen in the numbers: where a server is quiet they are all that tells why. */
@ExtendWith(NoLeaks.class)
class CountersTest {
    private static final InetSocketAddress PEER = address("198.51.100.7", 7000);

    private final RelayBench bench = new RelayBench(config -> config.bytesPerSecond(100));
    private final RelayBench.Asker alice = bench.asker("198.51.100.20");

    @AfterEach
    void close() {
        bench.close();
    }

    private RelayStatistics numbers() {
        return bench.server.statistics();
    }

    @Test
    void countsDataWithoutAnAllocation() {
        alice.sendOn(0x4000, "x");
        alice.send("x", PEER);

        assertThat(numbers().drops()).containsEntry(RelayDrop.NO_ALLOCATION, 2L);
        assertThat(numbers().dropped()).isEqualTo(2);
    }

    @Test
    void countsDataWithoutChannelOrPermission() {
        alice.allocated();
        alice.sendOn(0x4000, "x");
        alice.send("x", PEER);
        bench.deliver(PEER, alice.relayed, RelayBench.text("x"));

        assertThat(numbers().drops()).containsEntry(RelayDrop.NO_CHANNEL, 1L).containsEntry(RelayDrop.NO_PERMISSION, 2L);
        assertThat(numbers().dropped()).isEqualTo(3);
    }

    @Test
    void countsDataToNoAllocationOfItsOwn() {
        alice.allocated();
        alice.permit(alice.relayed);
        alice.send("x", address("203.0.113.10", 9));

        assertThat(numbers().dropped()).isEqualTo(1);
    }

    @Test
    void countsDataToAHeldPort() {
        alice.allocate(writer -> writer.put(StunAttribute.EVEN_PORT, true));
        bench.deliver(PEER, new InetSocketAddress(alice.relayed.getAddress(), alice.relayed.getPort() + 1), RelayBench.text("x"));

        assertThat(numbers().dropped()).isEqualTo(1);
    }

    @Test
    void countsDataBeyondTheRateBothWays() {
        alice.allocated();
        alice.bind(0x4000, PEER);
        alice.sendOn(0x4000, "x".repeat(100));
        alice.sendOn(0x4000, "x");
        bench.deliver(PEER, alice.relayed, RelayBench.text("x"));

        assertThat(numbers().limited()).isEqualTo(2);
        assertThat(numbers().toPeers()).isEqualTo(1);
        assertThat(numbers().toClients()).isZero();
    }

    @Test
    void countsAnswersAndIndicationsThatNobodyAskedFor() {
        for (StunClass kind : new StunClass[] {StunClass.SUCCESS, StunClass.ERROR, StunClass.INDICATION}) {
            bench.deliver(alice.address, SERVER, StunWriter.write(StunMethod.DATA, kind, TransactionId.random(bench.random)).end());
        }
        alice.allocated();
        alice.send("to nobody");

        assertThat(numbers().drops()).containsEntry(RelayDrop.UNASKED, 4L);
    }

    @Test
    void countsRequestsFromItsOwnSockets() {
        alice.allocated();
        bench.deliver(alice.relayed, SERVER, alice.request(StunMethod.BINDING, NOTHING));

        assertThat(numbers().drops()).containsEntry(RelayDrop.LOOP, 1L);
        assertThat(numbers().dropped()).isEqualTo(1);
    }

    @Test
    void countsPermissionsAndChannelsOnceEach() {
        alice.allocated();
        alice.permit(PEER);
        alice.permit(PEER, address("198.51.100.8", 7));
        alice.bind(0x4000, PEER);
        alice.bind(0x4000, PEER);
        alice.bind(0x4001, address("198.51.100.9", 7));

        assertThat(numbers().permissions()).isEqualTo(3);
        assertThat(numbers().channels()).isEqualTo(2);
    }

    @Test
    void countsWhatIsMalformed() {
        alice.raw(RelayBench.text("not STUN"));
        alice.raw(alice.request(StunMethod.ALLOCATE, NOTHING).writeInt(0x8022_FFFF).setShort(2, 4));
        alice.raw(alice.request(StunMethod.BINDING, NOTHING).setInt(4, 0));

        assertThat(numbers().malformed()).isEqualTo(3);
    }

    @Test
    void answersAndCountsBindingRequestsOfRfc3489WhereItIsTold() {
        try (RelayBench classic = new RelayBench(config -> config.binding(BindingOptions.DEFAULT.withClassic(true)))) {
            RelayBench.Asker old = classic.asker("198.51.100.20");
            assertThat(classic.deliver(old.address, SERVER, old.request(StunMethod.BINDING, NOTHING).setInt(4, 0))).hasSize(1);
            assertThat(classic.server.statistics().malformed()).isZero();
            assertThat(classic.server.statistics().bindings()).isEqualTo(1);
        }
    }

    @Test
    void countsChallengesAndRefusals() {
        alice.allocated();
        assertThat(code(alice.allocate())).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
        StunMessage odd = alice.once(StunMethod.CONNECT, NOTHING);

        assertThat(code(odd)).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(numbers().challenges()).isEqualTo(2);
        assertThat(numbers().refusals()).containsExactly(Map.entry(ErrorCode.ALLOCATION_MISMATCH, 1L));
        assertThat(numbers().refused()).isEqualTo(1);
        assertThat(numbers().allocations()).isEqualTo(1);
    }
}
