package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DatagramRingTest {
    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void whatGoesInComesOutInOrderHoweverItLiesInTheArray() {
        long seed = 20261124;
        Random random = new Random(seed);
        DatagramRing ring = new DatagramRing(40, 1 << 16);
        Queue<byte[]> expected = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            byte[] datagram = bytes(random, random.nextInt(random.nextInt(10) == 0 ? 5000 : 700));
            boolean puts = random.nextInt(100) < (i / 500 % 2 == 0 ? 60 : 40);
            if (puts) {
                boolean taken = random.nextBoolean() ? ring.offer(ByteBuffer.wrap(datagram))
                        : offerBuf(ring, datagram);
                if (taken) {
                    expected.add(datagram);
                }
                assertThat(expected.size()).isLessThanOrEqualTo(40);
            } else if (expected.isEmpty()) {
                assertThat(ring.isEmpty()).isTrue();
                assertThat(ring.poll(ByteBuffer.allocate(1))).isEqualTo(-1);
                assertThat(ring.poll(UnpooledByteBufAllocator.DEFAULT)).isNull();
            } else if (random.nextBoolean()) {
                ByteBuffer target = ByteBuffer.allocateDirect(5000);
                int length = ring.poll(target);
                byte[] out = new byte[length];
                target.flip().get(out);
                assertThat(out).as("seed %d, step %d", seed, i).isEqualTo(expected.remove());
            } else {
                ByteBuf out = ring.poll(UnpooledByteBufAllocator.DEFAULT);
                assertThat(out).as("seed %d, step %d", seed, i).isEqualTo(Unpooled.wrappedBuffer(expected.remove()));
                out.release();
            }
        }
    }

    private static boolean offerBuf(DatagramRing ring, byte[] datagram) {
        ByteBuf buffer = Unpooled.directBuffer(datagram.length).writeBytes(datagram);
        try {
            return ring.offer(buffer);
        } finally {
            buffer.release();
        }
    }

    @Test
    void itTakesNoMoreThanItsLimitsAndWhatIsTooMuchLeavesTheRestAlone() {
        DatagramRing ring = new DatagramRing(3, 1 << 13);
        assertThat(ring.offer(ByteBuffer.allocate((1 << 13) - 4))).isTrue();
        assertThat(ring.offer(ByteBuffer.allocate(0))).as("full of bytes").isFalse();
        assertThat(ring.poll(ByteBuffer.allocate(10))).as("as much as fits").isEqualTo(10);
        for (int i = 0; i < 3; i++) {
            assertThat(ring.offer(ByteBuffer.allocate(i))).isTrue();
        }
        ByteBuffer fourth = ByteBuffer.allocate(1);
        assertThat(ring.offer(fourth)).as("full of datagrams").isFalse();
        assertThat(fourth.remaining()).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            assertThat(ring.poll(ByteBuffer.allocate(10))).isEqualTo(i);
        }
        ring.offer(ByteBuffer.allocate(1));
        ring.clear();
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.offer(ByteBuffer.allocate(1))).isTrue();
    }
}
