package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.Handle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiveBuffersTest {
    private final ReceiveBuffers buffers = new ReceiveBuffers();
    @SuppressWarnings("deprecation")
    private final Handle handle = buffers.newHandle();

    @AfterEach
    void close() {
        buffers.close();
    }

    private ByteBuf read(int length, int fill) {
        ByteBuf buffer = handle.allocate(ByteBufAllocator.DEFAULT);
        assertThat(buffer.writableBytes()).isGreaterThanOrEqualTo(65_535);
        for (int i = 0; i < length; i++) {
            buffer.writeByte(fill);
        }
        handle.lastBytesRead(length);
        handle.incMessagesRead(1);
        return buffer;
    }

    /** How many a socket reads in a turn for which so many are there. */
    private int turn(int there) {
        handle.reset(null);
        int read = 0;
        do {
            if (read == there) {
                handle.lastBytesRead(-1);
                break;
            }
            read(1, 0).release();
            read++;
        } while (handle.continueReading());
        handle.readComplete();
        return read;
    }

    @Test
    void whatSomebodyKeepsIsNotWrittenOver() {
        List<ByteBuf> kept = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            ByteBuf payload = read(i % 50 == 7 ? 65_000 : 100 + i % 7, i);
            if (i % 2 == 0) {
                kept.add(payload);
            } else {
                payload.release();
            }
        }
        for (int i = 0; i < kept.size(); i++) {
            ByteBuf payload = kept.get(i);
            while (payload.isReadable()) {
                assertThat(payload.readByte()).isEqualTo((byte) (2 * i));
            }
        }
        kept.forEach(ByteBuf::release);
        assertThat(buffers.size()).isLessThanOrEqualTo(4);
    }

    @Test
    void oneSlotIsEnoughWhereNothingIsKept() {
        for (int i = 0; i < 1000; i++) {
            read(1200, i).release();
        }
        assertThat(buffers.size()).isEqualTo(1);
        assertThat(buffers.bytes()).isEqualTo(65_536);
    }

    @Test
    void whateverIsKeptTheChunksDoNotGrowWithoutEnd() {
        List<ByteBuf> kept = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            kept.add(read(65_000, i));
        }
        assertThat(buffers.bytes()).isLessThanOrEqualTo(10 << 20);
        kept.forEach(ByteBuf::release);
        assertThat(kept).allSatisfy(payload -> assertThat(payload.refCnt()).isLessThanOrEqualTo(1));
    }

    @Test
    void aSocketReadsAsManyAsItHadTheLastTime() {
        for (int i = 0; i < 15; i++) {
            assertThat(turn(1)).isEqualTo(1);
        }
        assertThat(turn(5)).as("rarely tried").isEqualTo(1);
        assertThat(turn(5)).isEqualTo(2);
        assertThat(turn(5)).isEqualTo(4);
        assertThat(turn(5)).isEqualTo(5);
        assertThat(turn(1)).isEqualTo(1);
        assertThat(turn(9)).isEqualTo(1);
        for (int i = 0; i < 40; i++) {
            turn(100);
        }
        assertThat(turn(100)).as("at most").isEqualTo(32);
    }
}
