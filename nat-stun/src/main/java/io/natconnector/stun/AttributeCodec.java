package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads and writes one kind of attribute value. {@code check} runs once, at parse, so that {@code read} cannot fail afterwards. */
interface AttributeCodec<T> {
    T read(ByteBuf buffer, int at, int length, TransactionId id);

    void write(ByteBuf out, T value, TransactionId id);

    /** Whether the value is one that {@link #read} can read; its length is within the attribute's bounds already. */
    default boolean check(ByteBuf buffer, int at, int length) {
        return true;
    }

    AttributeCodec<Boolean> FLAG = new AttributeCodec<>() {
        @Override public Boolean read(ByteBuf buffer, int at, int length, TransactionId id) {
            return Boolean.TRUE;
        }

        @Override public void write(ByteBuf out, Boolean value, TransactionId id) { }
    };

    AttributeCodec<Integer> U32 = new AttributeCodec<>() {
        @Override public Integer read(ByteBuf buffer, int at, int length, TransactionId id) {
            return buffer.getInt(at);
        }

        @Override public void write(ByteBuf out, Integer value, TransactionId id) {
            out.writeInt(value);
        }
    };

    AttributeCodec<Long> U64 = new AttributeCodec<>() {
        @Override public Long read(ByteBuf buffer, int at, int length, TransactionId id) {
            return buffer.getLong(at);
        }

        @Override public void write(ByteBuf out, Long value, TransactionId id) {
            out.writeLong(value);
        }
    };

    /** A number in the first byte of four, the rest reserved: REQUESTED-TRANSPORT and the address families. */
    AttributeCodec<Integer> U8_RESERVED = new AttributeCodec<>() {
        @Override public Integer read(ByteBuf buffer, int at, int length, TransactionId id) {
            return (int) buffer.getUnsignedByte(at);
        }

        @Override public void write(ByteBuf out, Integer value, TransactionId id) {
            out.writeByte(value).writeZero(3);
        }
    };

    /** A number in the first two bytes of four, the rest reserved: CHANNEL-NUMBER, RESPONSE-PORT. */
    AttributeCodec<Integer> U16_RESERVED = new AttributeCodec<>() {
        @Override public Integer read(ByteBuf buffer, int at, int length, TransactionId id) {
            return buffer.getUnsignedShort(at);
        }

        @Override public void write(ByteBuf out, Integer value, TransactionId id) {
            out.writeShort(value).writeShort(0);
        }
    };

    /** EVEN-PORT: the highest bit of one byte (RFC 8656, section 18.7). */
    AttributeCodec<Boolean> HIGH_BIT = new AttributeCodec<>() {
        @Override public Boolean read(ByteBuf buffer, int at, int length, TransactionId id) {
            return (buffer.getByte(at) & 0x80) != 0;
        }

        @Override public void write(ByteBuf out, Boolean value, TransactionId id) {
            out.writeByte(value ? 0x80 : 0);
        }
    };

    AttributeCodec<byte[]> BYTES = new AttributeCodec<>() {
        @Override public byte[] read(ByteBuf buffer, int at, int length, TransactionId id) {
            return ByteBufUtil.getBytes(buffer, at, length, true);
        }

        @Override public void write(ByteBuf out, byte[] value, TransactionId id) {
            out.writeBytes(value);
        }
    };

    /** DATA: a view of the value, which lives as long as the datagram. */
    AttributeCodec<ByteBuf> SLICE = new AttributeCodec<>() {
        @Override public ByteBuf read(ByteBuf buffer, int at, int length, TransactionId id) {
            return buffer.slice(at, length);
        }

        @Override public void write(ByteBuf out, ByteBuf value, TransactionId id) {
            out.writeBytes(value, value.readerIndex(), value.readableBytes());
        }
    };

    AttributeCodec<String> TEXT = new AttributeCodec<>() {
        @Override public String read(ByteBuf buffer, int at, int length, TransactionId id) {
            return buffer.toString(at, length, StandardCharsets.UTF_8);
        }

        @Override public void write(ByteBuf out, String value, TransactionId id) {
            out.writeCharSequence(value, StandardCharsets.UTF_8);
        }
    };

    /** RFC 8489, section 14.8: class in the low three bits of the third byte, number 0 to 99 in the fourth, then the reason. */
    AttributeCodec<ErrorCode> ERROR = new AttributeCodec<>() {
        @Override public boolean check(ByteBuf buffer, int at, int length) {
            int hundreds = buffer.getByte(at + 2) & 7;
            return hundreds >= 3 && hundreds <= 6 && buffer.getUnsignedByte(at + 3) <= 99;
        }

        @Override public ErrorCode read(ByteBuf buffer, int at, int length, TransactionId id) {
            int code = (buffer.getByte(at + 2) & 7) * 100 + buffer.getUnsignedByte(at + 3);
            int end = at + length;
            while (end > at + 4 && buffer.getByte(end - 1) == 0) {
                end--;                                        // coturn fills the phrase up with zeros and counts them in
            }
            return new ErrorCode(code, TEXT.read(buffer, at + 4, end - at - 4, id));
        }

        @Override public void write(ByteBuf out, ErrorCode value, TransactionId id) {
            out.writeShort(0).writeByte(value.code() / 100).writeByte(value.code() % 100);
            TEXT.write(out, value.reason(), id);
        }
    };

    AttributeCodec<List<Integer>> TYPES = new AttributeCodec<>() {
        @Override public boolean check(ByteBuf buffer, int at, int length) {
            return length % 2 == 0;
        }

        @Override public List<Integer> read(ByteBuf buffer, int at, int length, TransactionId id) {
            List<Integer> types = new ArrayList<>(length / 2);
            for (int i = at; i < at + length; i += 2) {
                types.add(buffer.getUnsignedShort(i));
            }
            return types;
        }

        @Override public void write(ByteBuf out, List<Integer> value, TransactionId id) {
            value.forEach(out::writeShort);
        }
    };

    /** PASSWORD-ALGORITHMS (RFC 8489, section 14.11): numbers and parameters; algorithms that we don't know are left out. */
    AttributeCodec<List<PasswordAlgorithm>> ALGORITHMS = new AttributeCodec<>() {
        @Override public boolean check(ByteBuf buffer, int at, int length) {
            int end = at + length;
            while (at + 4 <= end) {
                at += 4 + (buffer.getUnsignedShort(at + 2) + 3 & ~3);
            }
            return at == end;
        }

        @Override public List<PasswordAlgorithm> read(ByteBuf buffer, int at, int length, TransactionId id) {
            List<PasswordAlgorithm> algorithms = new ArrayList<>(2);
            for (int i = at; i < at + length; i += 4 + (buffer.getUnsignedShort(i + 2) + 3 & ~3)) {
                PasswordAlgorithm algorithm = PasswordAlgorithm.of(buffer.getUnsignedShort(i));
                if (algorithm != null) {
                    algorithms.add(algorithm);
                }
            }
            return algorithms;
        }

        @Override public void write(ByteBuf out, List<PasswordAlgorithm> value, TransactionId id) {
            value.forEach(algorithm -> out.writeShort(algorithm.number()).writeShort(0));
        }
    };

    /** Family, port and address; with {@code xor} masked by cookie and transaction id (RFC 8489, sections 14.1 and 14.2). */
    record Address(boolean xor) implements AttributeCodec<InetSocketAddress> {
        private static final int IPV4 = 1;
        private static final int IPV6 = 2;

        @Override public boolean check(ByteBuf buffer, int at, int length) {
            int family = buffer.getByte(at + 1);
            return family == IPV4 && length == 8 || family == IPV6 && length == 20;
        }

        @Override public InetSocketAddress read(ByteBuf buffer, int at, int length, TransactionId id) {
            byte[] ip = new byte[length - 4];
            buffer.getBytes(at + 4, ip);
            int port = buffer.getUnsignedShort(at + 2);
            if (xor) {
                port ^= StunMessage.COOKIE >>> 16;
                mask(ip, id);
            }
            try {
                return new InetSocketAddress(InetAddress.getByAddress(ip), port);
            } catch (UnknownHostException e) {
                throw new AssertionError("length was checked at parse", e);
            }
        }

        @Override public void write(ByteBuf out, InetSocketAddress value, TransactionId id) {
            byte[] ip = value.getAddress().getAddress();
            int port = value.getPort();
            if (xor) {
                port ^= StunMessage.COOKIE >>> 16;
                mask(ip, id);
            }
            out.writeByte(0).writeByte(ip.length == 4 ? IPV4 : IPV6).writeShort(port).writeBytes(ip);
        }

        private static void mask(byte[] ip, TransactionId id) {
            for (int i = 0; i < ip.length; i++) {
                int word = i < 4 ? StunMessage.COOKIE : i < 8 ? id.high() : (int) (i < 12 ? id.low() >>> 32 : id.low());
                ip[i] ^= (byte) (word >>> 24 - 8 * (i & 3));
            }
        }
    }
}
