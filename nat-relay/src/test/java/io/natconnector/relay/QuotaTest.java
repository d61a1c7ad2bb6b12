package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.code;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How many allocations there may be, and when one counts no more. */
@ExtendWith(NoLeaks.class)
class QuotaTest {
    private final RelayBench bench = new RelayBench();
    private final RelayBench.Asker alice = bench.asker("198.51.100.20");

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void countsAllocationsOfOneUser() {
        for (int i = 0; i < 40; i++) {
            bench.asker("198.51.101." + i, 5000, "alice", "secret").allocated();
        }
        assertThat(code(alice.allocate())).isEqualTo(ErrorCode.ALLOCATION_QUOTA_REACHED);
        assertThat(code(bench.asker("198.51.100.21", 5000, "bob", "hidden").allocate())).isZero();
    }

    @Test
    void countsAllocationsOfOneNetwork() {
        try (RelayBench narrow = new RelayBench(config -> config.quotas(100, 2, 100))) {
            narrow.asker("2600:1:2:3::1").allocated();
            narrow.asker("2600:1:2:3:4::1").allocated();
            assertThat(code(narrow.asker("2600:1:2:3:5::1").allocate())).isEqualTo(ErrorCode.ALLOCATION_QUOTA_REACHED);
            assertThat(code(narrow.asker("2600:1:2:4::1").allocate())).isZero();
        }
    }

    @Test
    void countsAllAllocations() {
        try (RelayBench small = new RelayBench(config -> config.quotas(100, 100, 2))) {
            small.asker("198.51.100.1").allocated();
            small.asker("198.51.100.2").allocated();
            assertThat(code(small.asker("198.51.100.3").allocate())).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
        }
    }

    @Test
    void freesTheQuotaWithTheAllocation() {
        try (RelayBench narrow = new RelayBench(config -> config.quotas(1, 1, 1))) {
            RelayBench.Asker first = narrow.asker("198.51.100.1").allocated();
            assertThat(code(first.refresh(0))).isZero();
            RelayBench.Asker second = narrow.asker("198.51.100.1", 5001, "alice", "secret").allocated();
            narrow.pass(ofSeconds(600));
            assertThat(code(second.refresh(600))).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
            narrow.asker("198.51.100.1", 5002, "alice", "secret").allocated();
        }
    }
}
