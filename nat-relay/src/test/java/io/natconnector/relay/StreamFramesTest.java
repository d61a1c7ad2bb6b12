package io.natconnector.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class StreamFramesTest {
    @Test
    void cutsAStreamIntoWhatWasPutIn() {
        SplittableRandom random = new SplittableRandom(4);
        ByteBuf stream = RelayBench.bytes();
        List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            ByteBuf data = RelayBench.text("x".repeat(random.nextInt(50)));
            ByteBuf message = random.nextBoolean() ? ChannelData.frame(0x4000, data, true)
                    : StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, TransactionId.random(random)).fingerprint();
            lengths.add(message.readableBytes());
            stream.writeBytes(message);
            message.release();
            data.release();
        }
        ByteBuf read = RelayBench.bytes();
        List<Integer> found = new ArrayList<>();
        while (stream.isReadable()) {
            read.writeByte(stream.readByte());
            int length = StreamFrames.next(read);
            if (length != StreamFrames.INCOMPLETE) {
                found.add(length);
                read.skipBytes(length);
            }
        }
        assertThat(found).isEqualTo(lengths);
        assertThat(read.isReadable()).isFalse();
        stream.release();
        read.release();
    }

    @Test
    void waitsForTheRestOfALongMessage() {
        ByteBuf message = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, new TransactionId(1, 2)).end();
        message.setShort(2, 0xFFFC);

        assertThat(StreamFrames.next(message)).isEqualTo(StreamFrames.INCOMPLETE);
        message.release();
    }

    @Test
    void tellsThatAnotherProtocolIsNoneOfOurs() {
        assertThat(invalid(RelayBench.text("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001"))).as("TLS").isTrue();
        assertThat(invalid(RelayBench.bytes(0x80))).isTrue();
        assertThat(invalid(RelayBench.bytes(0xFF, 1, 2, 3))).isTrue();
        assertThat(invalid(RelayBench.bytes(0, 1, 0, 3))).as("a length that is no multiple of four").isTrue();
        assertThat(invalid(RelayBench.bytes(0, 1, 0, 8, 1, 2, 3, 4))).as("no cookie").isTrue();
        assertThat(invalid(RelayBench.bytes(0, 1, 0, 8, 0x21, 0x12, 0xA4))).isFalse();
    }

    private static boolean invalid(ByteBuf in) {
        try {
            return StreamFrames.next(in) == StreamFrames.INVALID;
        } finally {
            in.release();
        }
    }
}
