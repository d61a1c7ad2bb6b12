package io.natconnector.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The four-byte frame of data on a channel (RFC 8656, section 12.4): channel number, length of the data.
 */
public final class ChannelData {
    public static final int HEADER_LENGTH = 4;
    /** RFC 8656, section 12: 0x4000 to 0x4FFF; the numbers above are taken by others (RFC 7983). */
    public static final int FIRST_CHANNEL = 0x4000;
    public static final int LAST_CHANNEL = 0x4FFF;
    /** RFC 5766, section 11. */
    static final int LAST_OLD_CHANNEL = 0x7FFF;

    private ChannelData() { }

    /** Whether the datagram is well-formed ChannelData: a number in range, and no more length than bytes. */
    public static boolean is(ByteBuf datagram) {
        return isFramed(datagram) && (datagram.getByte(datagram.readerIndex()) & 0xF0) == 0x40;
    }

    /** The same with any number that RFC 5766 knew, 0x4000 to 0x7FFF: all that begins with the bits 01. */
    static boolean isFramed(ByteBuf datagram) {
        int at = datagram.readerIndex();
        return datagram.readableBytes() >= HEADER_LENGTH && (datagram.getByte(at) & 0xC0) == 0x40
                && datagram.getUnsignedShort(at + 2) <= datagram.readableBytes() - HEADER_LENGTH;
    }

    public static int channel(ByteBuf datagram) {
        return datagram.getUnsignedShort(datagram.readerIndex());
    }

    /** The length of the data, padding left out. */
    static int length(ByteBuf datagram) {
        return datagram.getUnsignedShort(datagram.readerIndex() + 2);
    }

    /** A view of the data, padding left out; it lives as long as the datagram. */
    public static ByteBuf data(ByteBuf datagram) {
        int at = datagram.readerIndex();
        return datagram.slice(at + HEADER_LENGTH, datagram.getUnsignedShort(at + 2));
    }

    /**
     * The payload behind its header, in a buffer of the caller's. Where the payload is nobody else's and has room in front, that
     * is where the header goes, and nothing is copied; else all is copied once.
     *
     * @param payload borrowed; not to be written to as long as the frame lives
     * @param padded to a multiple of four, as streams need it (RFC 8656, section 12.5)
     */
    static ByteBuf frame(int channel, ByteBuf payload, boolean padded) {
        int length = payload.readableBytes();
        int padding = padded ? -length & 3 : 0;
        int at = payload.readerIndex() - HEADER_LENGTH;
        if (padding == 0 && at >= 0 && payload.refCnt() == 1 && !payload.isReadOnly()) {
            payload.setShort(at, channel).setShort(at + 2, length);
            return payload.retainedSlice(at, HEADER_LENGTH + length);
        }
        ByteBuf frame = ByteBufAllocator.DEFAULT.ioBuffer(HEADER_LENGTH + length + padding);
        frame.writeShort(channel).writeShort(length).writeBytes(payload, payload.readerIndex(), length);
        return frame.writeZero(padding);
    }
}
