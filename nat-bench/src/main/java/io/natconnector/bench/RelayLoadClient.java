package io.natconnector.bench;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.PasswordAlgorithm;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.ThreadLocalRandom;

/** A client of a relay with a socket of its own and one allocation, as bare as can be. */
final class RelayLoadClient extends ChannelInboundHandlerAdapter {
    static final String USER = "bench";
    static final String PASSWORD = "bench-own";
    private static final int CHANNEL = 0x4000;
    private static final int UDP = 17;

    private final RelayLoad load;
    private Channel channel;
    private StunMethod asking;
    private TransactionId id;
    private String realm;
    private String nonce;
    private IntegrityKey key;
    private long askedAt;

    RelayLoadClient(RelayLoad load) {
        this.load = load;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
    }

    /** Asks, as stranger at first; {@link RelayLoad#settled} hears of the answer. */
    void ask(StunMethod method) {
        asking = method;
        id = TransactionId.random(ThreadLocalRandom.current());
        repeat();
    }

    void repeat() {
        askedAt = System.nanoTime();
        StunWriter request = StunWriter.write(asking, StunClass.REQUEST, id);
        if (asking == StunMethod.ALLOCATE) {
            request.put(StunAttribute.REQUESTED_TRANSPORT, UDP);
        } else if (asking == StunMethod.REFRESH) {
            request.put(StunAttribute.LIFETIME, 0);
        } else if (asking == StunMethod.CHANNEL_BIND) {
            request.put(StunAttribute.CHANNEL_NUMBER, CHANNEL).put(StunAttribute.XOR_PEER_ADDRESS, load.peer());
        }
        if (key != null) {
            request.put(StunAttribute.USERNAME, USER).put(StunAttribute.REALM, realm).put(StunAttribute.NONCE, nonce).sign(key);
        }
        channel.writeAndFlush(request.end(), channel.voidPromise());
    }

    long askedAt() {
        return asking == null ? Long.MAX_VALUE : askedAt;
    }

    /** Sends one packet through the relay, which the peer sends back. */
    void send(int slot, int generation) {
        ByteBuf frame = channel.alloc().directBuffer(4 + RelayLoad.SIZE);
        frame.writeShort(CHANNEL).writeShort(RelayLoad.SIZE).writeInt(slot).writeInt(generation).writeZero(RelayLoad.SIZE - 8);
        channel.writeAndFlush(frame, channel.voidPromise());
    }

    void close() {
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            ByteBuf content = packet.content();
            if (content.readableBytes() == 4 + RelayLoad.SIZE && content.getUnsignedShort(0) == CHANNEL) {
                load.arrived(content.getInt(4), content.getInt(8));
            } else if (StunMessage.is(content)) {
                answered(StunMessage.parse(content));
            }
        } finally {
            packet.release();
        }
    }

    private void answered(StunMessage answer) {
        if (asking == null || !answer.transactionId().equals(id)) {
            return;
        }
        ErrorCode error = answer.get(StunAttribute.ERROR_CODE);
        boolean challenged = error != null && key == null && error.code() == ErrorCode.UNAUTHENTICATED && !load.asStrangers();
        if (challenged) {
            realm = answer.get(StunAttribute.REALM);
            nonce = answer.get(StunAttribute.NONCE);
            key = IntegrityKey.longTerm(USER, realm, PASSWORD, PasswordAlgorithm.MD5);
            ask(asking);
        } else {
            asking = null;
            load.settled(error == null ? 0 : error.code());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // a server that is not there shows as answers that never come
    }
}
