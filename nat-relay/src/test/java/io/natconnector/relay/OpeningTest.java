package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.SERVER;
import static io.natconnector.relay.RelayBench.SERVER6;
import static io.natconnector.relay.RelayBench.address;
import static io.natconnector.relay.RelayBench.code;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An Allocate whose socket takes its time to open, or does not. */
@ExtendWith(NoLeaks.class)
class OpeningTest {
    private static final Consumer<StunWriter> UDP = writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 17);

    private final RelayBench bench = new RelayBench();
    private final RelayBench.Asker alice = bench.asker("198.51.100.20");

    @BeforeEach
    void makeSocketsSlow() {
        alice.login();
        bench.slow = true;
    }

    @AfterEach
    void close() {
        bench.close();
        bench.openPending();
        bench.forget();
        assertThat(bench.open).isEmpty();
    }

    @Test
    void answersAnAllocateOnceItsSocketIsOpen() {
        assertThat(alice.once(StunMethod.ALLOCATE, UDP)).isNull();

        List<Datagram> answers = bench.openPending();

        assertThat(answers).hasSize(1);
        StunMessage answer = StunMessage.parse(answers.get(0).payload());
        assertThat(answer.transactionId()).isEqualTo(alice.last);
        assertThat(code(answer)).isZero();
        assertThat(bench.open).contains(answer.get(StunAttribute.XOR_RELAYED_ADDRESS));
    }

    @Test
    void opensNothingMoreForARepetitionMeanwhile() {
        ByteBuf request = alice.request(StunMethod.ALLOCATE, UDP);
        ByteBuf again = request.copy();
        alice.raw(request);

        assertThat(alice.raw(again)).isNull();

        assertThat(bench.pending).hasSize(1);
        assertThat(bench.openPending()).hasSize(1);
    }

    @Test
    void hasNoAllocationBeforeItsSocketIsOpen() {
        alice.once(StunMethod.ALLOCATE, UDP);

        assertThat(code(alice.refresh(600))).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
        assertThat(code(alice.permit(address("198.51.100.7", 1)))).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
        assertThat(code(alice.once(StunMethod.ALLOCATE, UDP))).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
    }

    @Test
    void closesASocketThatOpensWhenNobodyWaitsAnyMore() {
        alice.once(StunMethod.ALLOCATE, writer -> UDP.accept(writer.put(StunAttribute.EVEN_PORT, true)));
        bench.pass(ofSeconds(600));

        assertThat(bench.openPending()).isEmpty();

        assertThat(bench.open).containsExactlyInAnyOrder(SERVER, SERVER6);
        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void closesTheSocketThatIsOpenWhenTheOtherOfAPairNeverComes() {
        alice.once(StunMethod.ALLOCATE, writer -> UDP.accept(writer.put(StunAttribute.EVEN_PORT, true)));
        bench.slow = false;
        bench.server.socketOpened(bench.pending.get(0), bench.pending.remove(0).address(), bench.now);
        bench.pass(ofSeconds(600));

        bench.openPending();

        assertThat(bench.open).containsExactlyInAnyOrder(SERVER, SERVER6);
        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void givesUpAfterEightPortsThatSomebodyElseHas() {
        for (int port = 49_152; port <= 65_535; port++) {
            bench.occupied.add(address("203.0.113.10", port));
        }
        bench.slow = false;

        assertThat(code(alice.once(StunMethod.ALLOCATE, UDP))).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);

        assertThat(bench.server.statistics().failedSockets()).isEqualTo(8);
        assertThat(bench.server.remains()).isZero();
    }

    @Test
    void takesAnotherPairWhenHalfOfOneIsTaken() {
        bench.slow = false;
        for (int port = 49_153; port <= 65_533; port += 2) {
            bench.occupied.add(address("203.0.113.10", port));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(code(alice.once(StunMethod.ALLOCATE, writer -> UDP.accept(writer.put(StunAttribute.EVEN_PORT, true)))))
                    .isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
            assertThat(bench.server.remains()).isZero();
            assertThat(bench.open).containsExactlyInAnyOrder(SERVER, SERVER6);
        }
    }

    @Test
    void answersTheFirstAddressAloneWhenTheSecondFails() {
        alice.once(StunMethod.ALLOCATE, writer -> UDP.accept(writer.put(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 2)));
        for (int port = 49_152; port <= 65_535; port++) {
            bench.occupied.add(address("2600::10", port));
        }
        for (int i = 0; i < 8; i++) {
            assertThat(bench.openPending()).as("round " + i).isEmpty();
        }

        StunMessage answer = StunMessage.parse(bench.openPending().get(0).payload());

        assertThat(answer.all(StunAttribute.XOR_RELAYED_ADDRESS)).hasSize(1);
        assertThat(answer.get(StunAttribute.ADDRESS_ERROR_CODE)).containsExactly(2, 0, 5, 8);
    }
}
