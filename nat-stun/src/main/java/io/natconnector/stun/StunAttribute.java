package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The attributes that we speak, one row each: number, IANA's name, length bounds, codec. This table is the whole attribute codec;
 * a new attribute is a new row.
 *
 * @param <T> the Java type of the value
 */
public final class StunAttribute<T> {
    private static final Map<Integer, StunAttribute<?>> BY_TYPE = new HashMap<>();
    private static final StunAttribute<?>[] REQUIRED_BY_TYPE = new StunAttribute<?>[0x40];
    private static final StunAttribute<?>[] OPTIONAL_BY_TYPE = new StunAttribute<?>[0x40];

    // RFC 8489, section 18.3.1; lengths are of the unpadded value, in bytes
    public static final StunAttribute<InetSocketAddress> MAPPED_ADDRESS = address(0x0001, "MAPPED-ADDRESS", false);
    // RFC 3489, section 11.2: servers of that age answer with them still; known here, so that such an answer isn't discarded
    public static final StunAttribute<InetSocketAddress> SOURCE_ADDRESS = address(0x0004, "SOURCE-ADDRESS", false);
    public static final StunAttribute<InetSocketAddress> CHANGED_ADDRESS = address(0x0005, "CHANGED-ADDRESS", false);
    public static final StunAttribute<String> USERNAME = row(0x0006, "USERNAME", 0, 508, AttributeCodec.TEXT);
    public static final StunAttribute<byte[]> MESSAGE_INTEGRITY = row(0x0008, "MESSAGE-INTEGRITY", 20, 20, AttributeCodec.BYTES);
    public static final StunAttribute<ErrorCode> ERROR_CODE = row(0x0009, "ERROR-CODE", 4, 767, AttributeCodec.ERROR);
    public static final StunAttribute<List<Integer>> UNKNOWN_ATTRIBUTES =
            row(0x000A, "UNKNOWN-ATTRIBUTES", 0, 0xFFFE, AttributeCodec.TYPES);
    public static final StunAttribute<String> REALM = row(0x0014, "REALM", 0, 763, AttributeCodec.TEXT);
    public static final StunAttribute<String> NONCE = row(0x0015, "NONCE", 0, 763, AttributeCodec.TEXT);
    // Section 14.6 lets the hash be cut to a multiple of four bytes, 16 at least; short-term and long-term use want all 32.
    public static final StunAttribute<byte[]> MESSAGE_INTEGRITY_SHA256 =
            row(0x001C, "MESSAGE-INTEGRITY-SHA256", 16, 32, AttributeCodec.BYTES);
    public static final StunAttribute<List<PasswordAlgorithm>> PASSWORD_ALGORITHM =
            row(0x001D, "PASSWORD-ALGORITHM", 4, 0xFFFC, AttributeCodec.ALGORITHMS);
    public static final StunAttribute<byte[]> USERHASH = row(0x001E, "USERHASH", 32, 32, AttributeCodec.BYTES);
    public static final StunAttribute<InetSocketAddress> XOR_MAPPED_ADDRESS = address(0x0020, "XOR-MAPPED-ADDRESS", true);
    public static final StunAttribute<List<PasswordAlgorithm>> PASSWORD_ALGORITHMS =
            row(0x8002, "PASSWORD-ALGORITHMS", 0, 0xFFFC, AttributeCodec.ALGORITHMS);
    public static final StunAttribute<String> ALTERNATE_DOMAIN = row(0x8003, "ALTERNATE-DOMAIN", 0, 255, AttributeCodec.TEXT);
    public static final StunAttribute<String> SOFTWARE = row(0x8022, "SOFTWARE", 0, 763, AttributeCodec.TEXT);
    public static final StunAttribute<InetSocketAddress> ALTERNATE_SERVER = address(0x8023, "ALTERNATE-SERVER", false);
    public static final StunAttribute<Integer> FINGERPRINT = row(0x8028, "FINGERPRINT", 4, 4, AttributeCodec.U32);

    // RFC 8656, section 18
    public static final StunAttribute<Integer> CHANNEL_NUMBER = row(0x000C, "CHANNEL-NUMBER", 4, 4, AttributeCodec.U16_RESERVED);
    public static final StunAttribute<Integer> LIFETIME = row(0x000D, "LIFETIME", 4, 4, AttributeCodec.U32);
    public static final StunAttribute<InetSocketAddress> XOR_PEER_ADDRESS = address(0x0012, "XOR-PEER-ADDRESS", true);
    public static final StunAttribute<ByteBuf> DATA = row(0x0013, "DATA", 0, 0xFFFF, AttributeCodec.SLICE);
    public static final StunAttribute<InetSocketAddress> XOR_RELAYED_ADDRESS = address(0x0016, "XOR-RELAYED-ADDRESS", true);
    public static final StunAttribute<Integer> REQUESTED_ADDRESS_FAMILY =
            row(0x0017, "REQUESTED-ADDRESS-FAMILY", 4, 4, AttributeCodec.U8_RESERVED);
    /** One byte by section 18.7; some clients count the padding in, so up to four are read. */
    public static final StunAttribute<Boolean> EVEN_PORT = row(0x0018, "EVEN-PORT", 1, 4, AttributeCodec.HIGH_BIT);
    public static final StunAttribute<Integer> REQUESTED_TRANSPORT =
            row(0x0019, "REQUESTED-TRANSPORT", 4, 4, AttributeCodec.U8_RESERVED);
    public static final StunAttribute<Boolean> DONT_FRAGMENT = row(0x001A, "DONT-FRAGMENT", 0, 0, AttributeCodec.FLAG);
    public static final StunAttribute<Long> RESERVATION_TOKEN = row(0x0022, "RESERVATION-TOKEN", 8, 8, AttributeCodec.U64);
    public static final StunAttribute<Integer> ADDITIONAL_ADDRESS_FAMILY =
            row(0x8000, "ADDITIONAL-ADDRESS-FAMILY", 4, 4, AttributeCodec.U8_RESERVED);
    /** Family in the first byte, error class and number in the last two (section 18.12), then the reason. */
    public static final StunAttribute<byte[]> ADDRESS_ERROR_CODE =
            row(0x8001, "ADDRESS-ERROR-CODE", 4, 767, AttributeCodec.BYTES);
    public static final StunAttribute<Long> ICMP = row(0x8004, "ICMP", 8, 8, AttributeCodec.U64);

    // RFC 8445, section 16.1; the nomination counter of draft-thatcher-ice-renomination as libwebrtc, libnice and pion number it
    public static final StunAttribute<Integer> PRIORITY = row(0x0024, "PRIORITY", 4, 4, AttributeCodec.U32);
    public static final StunAttribute<Boolean> USE_CANDIDATE = row(0x0025, "USE-CANDIDATE", 0, 0, AttributeCodec.FLAG);
    public static final StunAttribute<Long> ICE_CONTROLLED = row(0x8029, "ICE-CONTROLLED", 8, 8, AttributeCodec.U64);
    public static final StunAttribute<Long> ICE_CONTROLLING = row(0x802A, "ICE-CONTROLLING", 8, 8, AttributeCodec.U64);
    public static final StunAttribute<Integer> NOMINATION = row(0xC001, "GOOG-NOMINATION", 4, 4, AttributeCodec.U32);

    // draft-hancke-webrtc-sped-00: a DTLS handshake within checks
    public static final StunAttribute<byte[]> META_DTLS_IN_STUN = row(0xC070, "META-DTLS-IN-STUN", 0, 0xFFFF, AttributeCodec.BYTES);
    public static final StunAttribute<byte[]> META_DTLS_IN_STUN_ACKNOWLEDGEMENT =
            row(0xC071, "META-DTLS-IN-STUN-ACKNOWLEDGEMENT", 0, 0xFFFF, AttributeCodec.BYTES);

    // RFC 5780, section 7
    public static final StunAttribute<Integer> CHANGE_REQUEST = row(0x0003, "CHANGE-REQUEST", 4, 4, AttributeCodec.U32);
    public static final StunAttribute<byte[]> PADDING = row(0x0026, "PADDING", 0, 0xFFFF, AttributeCodec.BYTES);
    public static final StunAttribute<Integer> RESPONSE_PORT = row(0x0027, "RESPONSE-PORT", 4, 4, AttributeCodec.U16_RESERVED);
    public static final StunAttribute<InetSocketAddress> RESPONSE_ORIGIN = address(0x802B, "RESPONSE-ORIGIN", false);
    public static final StunAttribute<InetSocketAddress> OTHER_ADDRESS = address(0x802C, "OTHER-ADDRESS", false);

    // RFC 6062, section 6.2; RFC 8016, section 4
    public static final StunAttribute<Integer> CONNECTION_ID = row(0x002A, "CONNECTION-ID", 4, 4, AttributeCodec.U32);
    public static final StunAttribute<byte[]> MOBILITY_TICKET = row(0x8030, "MOBILITY-TICKET", 0, 763, AttributeCodec.BYTES);

    private final int type;
    private final String name;
    private final int minLength;
    private final int maxLength;
    private final AttributeCodec<T> codec;

    private StunAttribute(int type, String name, int minLength, int maxLength, AttributeCodec<T> codec) {
        this.type = type;
        this.name = name;
        this.minLength = minLength;
        this.maxLength = maxLength;
        this.codec = codec;
    }

    /** All rows of the table. */
    public static Collection<StunAttribute<?>> all() {
        return Collections.unmodifiableCollection(BY_TYPE.values());
    }

    /** The attribute of that number, or {@code null} for one that we don't know. */
    public static StunAttribute<?> of(int type) {
        int index = type & 0x7FFF;
        return index < 0x40 ? (type < 0x8000 ? REQUIRED_BY_TYPE : OPTIONAL_BY_TYPE)[index] : BY_TYPE.get(type);
    }

    /** RFC 8489, section 14: a receiver that doesn't know an attribute of the lower half must not process the message. */
    public static boolean isComprehensionRequired(int type) {
        return type < 0x8000;
    }

    public int type() {
        return type;
    }

    /** IANA's name, for example {@code XOR-MAPPED-ADDRESS}. */
    public String name() {
        return name;
    }

    boolean check(ByteBuf buffer, int at, int length) {
        return length >= minLength && length <= maxLength && codec.check(buffer, at, length);
    }

    T read(ByteBuf buffer, int at, int length, TransactionId id) {
        return codec.read(buffer, at, length, id);
    }

    void write(ByteBuf out, T value, TransactionId id) {
        int at = out.writerIndex();
        codec.write(out, value, id);
        int length = out.writerIndex() - at;
        if (length < minLength || length > maxLength) {
            throw new IllegalArgumentException(name + " takes " + minLength + " to " + maxLength + " bytes, not " + length);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private static StunAttribute<InetSocketAddress> address(int type, String name, boolean xor) {
        return row(type, name, 8, 20, new AttributeCodec.Address(xor));
    }

    private static <T> StunAttribute<T> row(int type, String name, int min, int max, AttributeCodec<T> codec) {
        StunAttribute<T> attribute = new StunAttribute<>(type, name, min, max, codec);
        BY_TYPE.put(type, attribute);
        int index = type & 0x7FFF;
        if (index < 0x40) {
            (type < 0x8000 ? REQUIRED_BY_TYPE : OPTIONAL_BY_TYPE)[index] = attribute;
        }
        return attribute;
    }
}
