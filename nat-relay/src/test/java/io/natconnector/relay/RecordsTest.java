package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.NOTHING;
import static io.natconnector.relay.RelayBench.SERVER;
import static io.natconnector.relay.RelayBench.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.RestCredentials;
import io.natconnector.stun.StaticCredentials;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has gone wrong in others' relays and is none of the other tests' subject; docs/relay-records.md lists all of it. */
@ExtendWith(NoLeaks.class)
class RecordsTest {
    /** Where the port above an even one was taken but not given back, a hundred of them were gone soon. */
    @Test
    void givesBackAllPortsOfTenThousandEvenOnes() {
        try (RelayBench narrow = new RelayBench(config -> config.ports(50_000, 50_099))) {
            RelayBench.Asker alice = narrow.asker("198.51.100.20");
            for (int i = 0; i < 10_000; i++) {
                assertThat(code(alice.allocate(writer -> writer.put(StunAttribute.EVEN_PORT, false)))).as("round " + i).isZero();
                alice.refresh(0);
                narrow.forget();
            }
            assertThat(narrow.server.remains()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "changeme", "ChangeMe"})
    void wantsSecretsThatNobodyKnowsBeforehand(String secret) {
        assertThatIllegalArgumentException().isThrownBy(() -> new RestCredentials(secret));
        assertThatIllegalArgumentException().isThrownBy(() -> new StaticCredentials(Map.of("alice", secret)));
    }

    /** RFC 7635 is not spoken here: its token is an attribute like any that nobody knows, however long it says it is. */
    @Test
    void readsNoAccessToken() {
        try (RelayBench bench = new RelayBench()) {
            RelayBench.Asker stranger = bench.asker("198.51.100.66");
            ByteBuf request = stranger.request(StunMethod.ALLOCATE, NOTHING).writeInt(0x001B_0004).writeInt(0xFFFF_0000);
            assertThat(code(stranger.raw(request.setShort(2, 8)))).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(bench.server.remains()).isZero();
        }
    }

    @Test
    void freesTheQuotaWhenTheClientsConnectionCloses() {
        try (RelayBench bench = new RelayBench(config -> config.listen(Transport.TCP, SERVER).quotas(1, 10, 10))) {
            RelayBench.Asker first = bench.connected("198.51.100.20", 5000, "alice", "secret").allocated();
            RelayBench.Asker second = bench.connected("198.51.100.20", 5001, "alice", "secret");
            assertThat(code(second.allocate())).isEqualTo(ErrorCode.ALLOCATION_QUOTA_REACHED);
            bench.tell(() -> bench.server.connectionClosed(first.connection(), bench.now));
            assertThat(code(second.allocate())).isZero();
        }
    }
}
