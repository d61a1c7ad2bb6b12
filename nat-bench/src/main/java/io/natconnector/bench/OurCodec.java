package io.natconnector.bench;

import static io.natconnector.stun.StunAttribute.ICE_CONTROLLED;
import static io.natconnector.stun.StunAttribute.ICE_CONTROLLING;
import static io.natconnector.stun.StunAttribute.NOMINATION;
import static io.natconnector.stun.StunAttribute.USE_CANDIDATE;

import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

/** Ours, used as {@code IceAgent} uses it: over a direct buffer, as sockets give it. */
final class OurCodec implements Codec {
    private final IntegrityKey key = IntegrityKey.shortTerm(PASSWORD);
    private final TransactionId id = new TransactionId(0xB7E7A701, 0xBC34D686FA87DFAEL);
    private ByteBuf datagram;
    private StunMessage message;

    @Override
    public Object parse() {
        return StunMessage.parse(datagram);
    }

    @Override
    public boolean verify() {
        return message.verify(key);
    }

    @Override
    public boolean inbound() {
        StunMessage request = StunMessage.parse(datagram);
        String username = request.get(StunAttribute.USERNAME);
        boolean ours = username != null && username.startsWith(LOCAL_UFRAG) && username.charAt(LOCAL_UFRAG.length()) == ':';
        return ours && request.verify(key) && request.unknownRequired().isEmpty()
                && request.get(ICE_CONTROLLING) == TIE_BREAKER && !request.has(ICE_CONTROLLED)
                && request.get(StunAttribute.PRIORITY) == PRIORITY && request.has(USE_CANDIDATE) && !request.has(NOMINATION);
    }

    @Override
    public Object build() {
        return write().release();
    }

    private ByteBuf write() {
        return StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, id)
                .put(StunAttribute.USERNAME, USERNAME)
                .put(StunAttribute.PRIORITY, PRIORITY)
                .put(ICE_CONTROLLING, TIE_BREAKER)
                .put(USE_CANDIDATE, true)
                .sign(key).fingerprint();
    }

    @Override
    public byte[] check() {
        ByteBuf buffer = write();
        byte[] bytes = ByteBufUtil.getBytes(buffer);
        buffer.release();
        return bytes;
    }

    @Override
    public void use(byte[] check) {
        datagram = ByteBufAllocator.DEFAULT.directBuffer(check.length).writeBytes(check);
        message = StunMessage.parse(datagram);
    }

    @Override
    public void close() {
        if (datagram != null) {
            datagram.release();
        }
    }
}
