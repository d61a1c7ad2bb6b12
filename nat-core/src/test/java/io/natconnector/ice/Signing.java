package io.natconnector.ice;

import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Signs a Binding request whose attributes a test wrote by hand. */
final class Signing {
    private Signing() { }

    /** Takes the unsigned request over. */
    static ByteBuf sign(ByteBuf unsigned, IntegrityKey key) {
        TransactionId id = StunMessage.parse(unsigned).transactionId();
        ByteBuf out = Unpooled.buffer();
        StunWriter writer = StunWriter.into(out, StunMethod.BINDING, StunClass.REQUEST, id);
        out.writeBytes(unsigned, unsigned.readerIndex() + 20, unsigned.readableBytes() - 20);
        unsigned.release();
        return writer.sign(key).fingerprint();
    }
}
