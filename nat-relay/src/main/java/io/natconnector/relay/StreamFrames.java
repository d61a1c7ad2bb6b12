package io.natconnector.relay;

import io.natconnector.stun.StunMessage;
import io.netty.buffer.ByteBuf;

/**
 * Cuts a byte stream (TCP or TLS) into messages, for drivers: STUN messages and ChannelData tell their lengths themselves (RFC
 * 8656, section 3.1).
 */
public final class StreamFrames {
    /** There is not enough yet to tell, or not all of the message. */
    public static final int INCOMPLETE = 0;
    /** What begins here is neither; the connection must be closed, as nobody can tell where the next message begins. */
    public static final int INVALID = -1;

    private StreamFrames() { }

    /**
     * The length of the first message, padding included; {@link #INCOMPLETE} when more must be read first, {@link #INVALID} when
     * there is no message. A driver bounds how long it waits for the rest of one.
     *
     * @param in what has been read and not yet taken
     */
    public static int next(ByteBuf in) {
        int readable = in.readableBytes();
        if (readable == 0) {
            return INCOMPLETE;
        }
        int at = in.readerIndex();
        int kind = in.getByte(at) & 0xC0;
        // Bytes that can't be STUN are told by the first ones, so that garbage is not waited for
        if (kind != 0x40 && (kind != 0 || readable >= 8 && in.getInt(at + 4) != StunMessage.COOKIE)) {
            return INVALID;
        }
        if (readable < ChannelData.HEADER_LENGTH) {
            return INCOMPLETE;
        }
        int length = in.getUnsignedShort(at + 2);
        if (kind == 0 && (length & 3) != 0) {
            return INVALID;
        }
        int whole = kind == 0 ? StunMessage.HEADER_LENGTH + length : ChannelData.HEADER_LENGTH + (length + 3 & ~3);
        return whole <= readable ? whole : INCOMPLETE;
    }
}
