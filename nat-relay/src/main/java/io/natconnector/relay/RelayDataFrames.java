package io.natconnector.relay;

import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;

/** Wraps the client's payloads for the way to the relay. */
final class RelayDataFrames {
    /** What fits a UDP datagram with the frame of an indication around it. */
    static final int MAX_DATA = 65_535 - 8 - 40 - 64;

    private final RandomGenerator random;
    private final boolean padded;

    RelayDataFrames(RandomGenerator random, boolean padded) {
        this.random = random;
        this.padded = padded;
    }

    ByteBuf channelData(int channel, ByteBuf payload) {
        return ChannelData.frame(channel, payload, padded);
    }

    /** RFC 8656, section 11.1. */
    ByteBuf sendIndication(InetSocketAddress peer, ByteBuf payload) {
        return StunWriter.write(StunMethod.SEND, StunClass.INDICATION, TransactionId.random(random))
                .put(StunAttribute.XOR_PEER_ADDRESS, peer).put(StunAttribute.DATA, payload).end();
    }
}
