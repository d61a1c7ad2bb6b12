package io.natconnector.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/** The frames of DTLS records (RFC 6347, section 4.1): what can be known of them without a key. */
final class Records {
    static final int HEADER_LENGTH = 13;
    static final int CHANGE_CIPHER_SPEC = 20;
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;
    static final int APPLICATION_DATA = 23;
    /** RFC 7983, section 7: the first byte of what is DTLS among all that shares a port. */
    private static final int FIRST = 20;
    private static final int LAST = 63;
    /** The type of its message; that of HelloRequest is 0. */
    private static final int CLIENT_HELLO = 1;
    private static final int EPOCH_AT = 3;
    private static final int SEQUENCE_AT = 5;
    private static final int LENGTH_AT = 11;
    /** DTLS 1.2. */
    static final int VERSION_MAJOR = 0xFE;
    static final int VERSION_MINOR = 0xFD;
    /** Room for the frame that a relay wants ahead of a datagram. */
    static final int HEADROOM = 4;
    private static final byte[] CHANGE = {
        CHANGE_CIPHER_SPEC, (byte) VERSION_MAJOR, (byte) VERSION_MINOR, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1
    };

    private Records() { }

    static boolean isDtls(ByteBuf datagram) {
        if (!datagram.isReadable()) {
            return false;
        }
        int first = datagram.getUnsignedByte(datagram.readerIndex());
        return first >= FIRST && first <= LAST;
    }

    /** Whether a datagram is made of whole records alone. */
    static boolean areWhole(ByteBuf datagram) {
        int at = datagram.readerIndex();
        while (at < datagram.writerIndex()) {
            int left = datagram.writerIndex() - at;
            if (left < HEADER_LENGTH || datagram.getUnsignedByte(at + 1) != VERSION_MAJOR
                    || HEADER_LENGTH + contentLength(datagram, at) > left
                    || type(datagram, at) < CHANGE_CIPHER_SPEC || type(datagram, at) > APPLICATION_DATA) {
                return false;
            }
            at += HEADER_LENGTH + contentLength(datagram, at);
        }
        return datagram.isReadable();
    }

    /** The records of a datagram of whole ones. */
    static List<byte[]> split(ByteBuf datagram) {
        List<byte[]> records = new ArrayList<>(6);
        for (int at = datagram.readerIndex(); at < datagram.writerIndex(); at += HEADER_LENGTH + contentLength(datagram, at)) {
            records.add(copy(datagram, at));
        }
        return records;
    }

    /** The record that begins there. */
    static byte[] copy(ByteBuf datagram, int at) {
        byte[] record = new byte[HEADER_LENGTH + contentLength(datagram, at)];
        datagram.getBytes(at, record);
        return record;
    }

    static int type(ByteBuf datagram, int at) {
        return datagram.getUnsignedByte(at);
    }

    static int epoch(ByteBuf datagram, int at) {
        return datagram.getUnsignedShort(at + EPOCH_AT);
    }

    static long sequence(ByteBuf datagram, int at) {
        return (long) datagram.getUnsignedShort(at + SEQUENCE_AT) << Integer.SIZE | datagram.getUnsignedInt(at + SEQUENCE_AT + 2);
    }

    static int contentLength(ByteBuf datagram, int at) {
        return datagram.getUnsignedShort(at + LENGTH_AT);
    }

    /** @param number epoch and sequence number */
    static void writeHeader(ByteBuf record, int type, long number, int contentLength) {
        record.writeByte(type).writeByte(VERSION_MAJOR).writeByte(VERSION_MINOR).writeLong(number).writeShort(contentLength);
    }

    static int type(byte[] record) {
        return record[0];
    }

    static int epoch(byte[] record) {
        return (record[EPOCH_AT] & 0xFF) << 8 | record[EPOCH_AT + 1] & 0xFF;
    }

    static long sequence(byte[] record) {
        long sequence = 0;
        for (int i = SEQUENCE_AT; i < LENGTH_AT; i++) {
            sequence = sequence << 8 | record[i] & 0xFF;
        }
        return sequence;
    }

    /** Numbers a record anew: in epoch 0 nothing seals the number. */
    static byte[] number(byte[] record, long sequence) {
        for (int i = 0; i < 6; i++) {
            record[SEQUENCE_AT + i] = (byte) (sequence >>> 8 * (5 - i));
        }
        return record;
    }

    /** Whether two plain records begin with the same message of a handshake (RFC 6347, section 4.2.2). */
    static boolean isSameMessage(byte[] one, byte[] other) {
        return type(one) == HANDSHAKE && epoch(one) == 0 && type(other) == HANDSHAKE && epoch(other) == 0
                && one[HEADER_LENGTH] == other[HEADER_LENGTH]
                && one[HEADER_LENGTH + 4] == other[HEADER_LENGTH + 4] && one[HEADER_LENGTH + 5] == other[HEADER_LENGTH + 5];
    }

    /** Whether it is a plain record with the first message of a handshake. */
    static boolean opensHandshake(byte[] record) {
        return type(record) == HANDSHAKE && epoch(record) == 0 && record.length > HEADER_LENGTH
                && record[HEADER_LENGTH] == CLIENT_HELLO;
    }

    /** Whether a message of a handshake asks for another one. */
    static boolean beginsHandshake(ByteBuf message) {
        return message.isReadable() && message.getByte(message.readerIndex()) <= CLIENT_HELLO;
    }

    static byte[] changeCipherSpec() {
        return CHANGE.clone();
    }

    static byte[] join(List<byte[]> records) {
        byte[] joined = new byte[records.stream().mapToInt(record -> record.length).sum()];
        int at = 0;
        for (byte[] record : records) {
            System.arraycopy(record, 0, joined, at, record.length);
            at += record.length;
        }
        return joined;
    }

    /** The same as {@link #pack}, as arrays. */
    static List<byte[]> packed(List<byte[]> records, int mtu) {
        List<byte[]> datagrams = new ArrayList<>(2);
        for (ByteBuf datagram : pack(records, mtu)) {
            byte[] bytes = new byte[datagram.readableBytes()];
            datagram.readBytes(bytes);
            datagram.release();
            datagrams.add(bytes);
        }
        return datagrams;
    }

    /** As few datagrams as hold these records, each record whole. */
    static List<ByteBuf> pack(List<byte[]> records, int mtu) {
        List<ByteBuf> datagrams = new ArrayList<>(2);
        ByteBuf datagram = null;
        for (byte[] record : records) {
            if (datagram == null || datagram.readableBytes() + record.length > mtu) {
                datagram = ByteBufAllocator.DEFAULT.ioBuffer(HEADROOM + Math.max(mtu, record.length));
                datagram.setIndex(HEADROOM, HEADROOM);
                datagrams.add(datagram);
            }
            datagram.writeBytes(record);
        }
        return datagrams;
    }
}
