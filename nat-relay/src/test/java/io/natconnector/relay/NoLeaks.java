package io.natconnector.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/** Fails a test after which more buffers live than before. */
final class NoLeaks implements TestInstancePreConstructCallback, AfterEachCallback {
    private List<Long> before;

    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factory, ExtensionContext context) {
        before = live();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isEmpty()) {
            assertThat(live()).as("live buffers").isEqualTo(before);
        }
    }

    private static List<Long> live() {
        return List.of(live(PooledByteBufAllocator.DEFAULT.metric().directArenas()),
                live(PooledByteBufAllocator.DEFAULT.metric().heapArenas()),
                UnpooledByteBufAllocator.DEFAULT.metric().usedHeapMemory());
    }

    private static long live(List<PoolArenaMetric> arenas) {
        return arenas.stream().mapToLong(PoolArenaMetric::numActiveAllocations).sum();
    }
}
