package io.natconnector.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Numbers the datagrams between two of ours, so that what goes over two paths while one of them is in doubt arrives once.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |1 1 1 1|  tag  |                    number                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 the application's datagram ...
 * </pre>
 *
 * <p>The tag is the end of what the receiver calls its session: of two sessions between the same two sockets each takes its own.
 * A foreign peer never gets such a header: both sides say that they know it before either uses it.
 */
final class Numbering {
    static final int HEADER_LENGTH = 4;
    private static final int MARK = 0xF0;
    private static final int MASK = 0xFF_FFFF;
    /** How far a datagram may be overtaken: two seconds at a thousand datagrams a second. What is later is dropped. */
    private static final int WINDOW = 2048;
    /** Room for the frame that a relay wants ahead of a datagram. */
    private static final int HEADROOM = 4;

    private final int ownMark;
    private final int peerMark;
    private int next;
    private int newest = -1;
    private final long[] seen = new long[WINDOW / Long.SIZE];

    /**
     * @param own what this side calls the session
     * @param peers what the other side does
     */
    Numbering(long own, long peers) {
        this.ownMark = mark(own);
        this.peerMark = mark(peers);
    }

    /** Of the higher bits, as the lowest one is always set. */
    private static int mark(long session) {
        return MARK | (int) (session >>> 60);
    }

    /** Whether the datagram is of this session. Borrows it. */
    boolean isOurs(ByteBuf datagram) {
        return datagram.readableBytes() >= HEADER_LENGTH && datagram.getUnsignedByte(datagram.readerIndex()) == ownMark;
    }

    /** The datagram with its number. Takes the payload over; the answer belongs to the caller. */
    ByteBuf number(ByteBuf payload) {
        ByteBuf numbered = ByteBufAllocator.DEFAULT.ioBuffer(HEADROOM + HEADER_LENGTH + payload.readableBytes());
        numbered.setIndex(HEADROOM, HEADROOM);
        number(payload, numbered);
        payload.release();
        return numbered;
    }

    /** Writes the datagram with its number. Borrows the payload. */
    void number(ByteBuf payload, ByteBuf target) {
        target.writeInt(peerMark << 24 | next).writeBytes(payload, payload.readerIndex(), payload.readableBytes());
        next = next + 1 & MASK;
    }

    /** Whether this datagram was not here before. Borrows it. */
    boolean isNew(ByteBuf datagram) {
        if (!isOurs(datagram)) {
            return false;
        }
        return note(datagram.getInt(datagram.readerIndex()) & MASK);
    }

    private boolean note(int number) {
        if (newest < 0) {
            newest = number;
            seen[word(number)] |= bit(number);
            return true;
        }
        int ahead = number - newest << 8 >> 8;                 // the difference modulo 2^24, signed
        if (ahead <= -WINDOW) {
            return false;
        }
        if (ahead > 0) {
            for (int i = 1; i <= Math.min(ahead, WINDOW); i++) {
                int passed = newest + i & MASK;
                seen[word(passed)] &= ~bit(passed);
            }
            newest = number;
        }
        boolean first = (seen[word(number)] & bit(number)) == 0;
        seen[word(number)] |= bit(number);
        return first;
    }

    private static int word(int number) {
        return (number & WINDOW - 1) >> 6;
    }

    private static long bit(int number) {
        return 1L << (number & 63);
    }
}
