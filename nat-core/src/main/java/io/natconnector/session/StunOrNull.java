package io.natconnector.session;

import io.natconnector.stun.StunException;
import io.natconnector.stun.StunMessage;
import io.netty.buffer.ByteBuf;

/** Tells STUN from other data where a peer's payload may begin like STUN by chance: what does not parse is data. */
final class StunOrNull {
    private StunOrNull() { }

    static StunMessage parse(ByteBuf datagram) {
        if (!StunMessage.is(datagram)) {
            return null;
        }
        try {
            return StunMessage.parse(datagram);
        } catch (StunException e) {
            return null;
        }
    }
}
