package io.natconnector.session;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.natconnector.stun.StunMessage;
import io.natconnector.testkit.NatProfile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.internal.PlatformDependent;
import java.lang.reflect.Method;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Datagrams of a connected session, one like the other, leave no garbage in the machine. */
class SteadyStateTest {
    private static final int DATAGRAMS = 10_000;

    private final Homes homes = Homes.behind(5, NatProfile.OPEN, NatProfile.OPEN);

    @AfterEach
    void close() {
        homes.close();
    }

    /** Bytes that this thread allocates meanwhile, the second time: the first one loads classes. */
    private static long allocated(Runnable work) {
        work.run();
        long before = allocated();
        work.run();
        return allocated() - before;
    }

    /** By reflection: the module itself has no use for the JVM's management. */
    private static long allocated() {
        try {
            Object threads = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
            Method bytes = Class.forName("com.sun.management.ThreadMXBean").getMethod("getThreadAllocatedBytes", long.class);
            return (long) bytes.invoke(threads, Thread.currentThread().getId());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sendingAllocatesNothing() {
        assumeThat(PlatformDependent.hasUnsafe()).as("without it each copy makes an object of Netty's").isTrue();
        homes.connect(ZERO);
        assertThat(homes.net.runUntil(homes::bothConnected, ofSeconds(5))).isTrue();
        homes.net.runFor(ofSeconds(1));
        Endpoint endpoint = homes.alice.endpoint;
        PeerSession session = homes.alice.session();
        ByteBuf payload = Unpooled.directBuffer(1200).writeZero(1200);
        ByteBuf socket = Unpooled.directBuffer(1500);
        int[] left = new int[1];
        Outlet outlet = (from, to, length) -> {
            left[0]++;
            return socket.clear();
        };

        homes.alice.host.mutate(endpoint, now -> {
            long bytes = allocated(() -> {
                for (int i = 0; i < DATAGRAMS; i++) {
                    endpoint.send(session, payload, outlet, now);
                }
            });
            assertThat(left[0]).isEqualTo(2 * DATAGRAMS);
            assertThat(bytes).as("of %d datagrams", DATAGRAMS).isLessThan(DATAGRAMS);
        });

        assertThat(StunMessage.is(socket)).isFalse();
        assertThat(socket.readableBytes()).isEqualTo(1200 + Numbering.HEADER_LENGTH);
        payload.release();
        socket.release();
    }
}
