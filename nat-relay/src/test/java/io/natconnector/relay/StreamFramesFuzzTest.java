package io.natconnector.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.natconnector.stun.StunException;
import io.natconnector.stun.StunMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A target for Jazzer, as {@link RelayServerFuzzTest}: whatever a stream carries is cut into messages, waited for, or refused. */
class StreamFramesFuzzTest {
    @FuzzTest(maxDuration = "600s")
    void cutsOrRefuses(byte[] stream) {
        ByteBuf in = Unpooled.wrappedBuffer(stream);
        while (in.isReadable()) {
            int length = StreamFrames.next(in);
            if (length <= 0) {
                assertThat(length).isIn(StreamFrames.INCOMPLETE, StreamFrames.INVALID);
                assertThat(length == StreamFrames.INCOMPLETE && in.readableBytes() > 4 + 65_535 + 20).isFalse();
                return;
            }
            ByteBuf frame = in.readSlice(length);
            assertThat(length & 3).isZero();
            if (ChannelData.isFramed(frame)) {
                assertThat(ChannelData.data(frame).readableBytes()).isBetween(length - 7, length - 4);
            } else {
                parse(frame);
            }
        }
    }

    private static void parse(ByteBuf frame) {
        try {
            assertThat(StunMessage.parse(frame).size()).isEqualTo(frame.readableBytes());
        } catch (StunException e) {
            return;                                            // the one way to say no
        }
    }
}
