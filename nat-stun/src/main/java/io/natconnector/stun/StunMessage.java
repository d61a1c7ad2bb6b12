package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A read-only view of one STUN message, checked once at {@link #parse}: no accessor throws afterwards.
 *
 * <p>It lives as long as the datagram that it was parsed from. It has no policy: whether a message must carry a fingerprint or
 * integrity, or may carry unknown attributes, is the machine's question. Not thread-safe, as its buffer is not.
 */
public final class StunMessage {
    /** RFC 8489, section 5. */
    public static final int COOKIE = 0x2112A442;
    public static final int HEADER_LENGTH = 20;
    private static final int FINGERPRINT_MASK = 0x5354554E;
    private static final int NONE = -1;

    private final ByteBuf buffer;
    private final int start;
    private final TransactionId id;
    private int readable;                                     // end of what may be read: the first integrity attribute ends it
    private int integrityAt = NONE;
    private int integritySha256At = NONE;
    private boolean fingerprint;

    private StunMessage(ByteBuf buffer) {
        this.buffer = buffer;
        this.start = buffer.readerIndex();
        this.id = TransactionId.read(buffer, start + 8);
        this.readable = buffer.writerIndex();
    }

    /** Whether the datagram claims to be STUN: first two bits zero, the cookie, a length that fits (RFC 8489, section 5). */
    public static boolean is(ByteBuf datagram) {
        return isFramed(datagram) && datagram.getInt(datagram.readerIndex() + 4) == COOKIE;
    }

    /**
     * Whether the datagram is a request in the form of RFC 3489, which had no cookie. libnice 0.1.21 still asks STUN servers so.
     * For servers only: without a cookie nearly anything may look like STUN.
     */
    public static boolean isClassicBindingRequest(ByteBuf datagram) {
        return isFramed(datagram) && datagram.getUnsignedShort(datagram.readerIndex()) == 0x0001
                && datagram.getInt(datagram.readerIndex() + 4) != COOKIE;
    }

    private static boolean isFramed(ByteBuf datagram) {
        int length = datagram.readableBytes();
        int at = datagram.readerIndex();
        return length >= HEADER_LENGTH && (length & 3) == 0 && (datagram.getByte(at) & 0xC0) == 0
                && datagram.getUnsignedShort(at + 2) == length - HEADER_LENGTH;
    }

    /**
     * Checks the whole message: framing, attribute lengths and values, and the fingerprint where there is one.
     *
     * @throws StunException when it is not well formed
     */
    public static StunMessage parse(ByteBuf datagram) {
        if (!is(datagram) && !isClassicBindingRequest(datagram)) {
            throw new StunException("not a STUN message");
        }
        StunMessage message = new StunMessage(datagram);
        message.check(datagram.writerIndex());
        return message;
    }

    private void check(int end) {
        int next;
        for (int at = start + HEADER_LENGTH; at < end; at = next) {
            int type = buffer.getUnsignedShort(at);
            int length = buffer.getUnsignedShort(at + 2);
            next = at + 4 + (length + 3 & ~3);
            if (next > end) {
                throw new StunException("attribute overruns the message");
            }
            if (type == StunAttribute.FINGERPRINT.type()) {
                if (length != 4 || next != end || buffer.getInt(at + 4) != fingerprint(buffer, start, at)) {
                    throw new StunException("bad fingerprint");
                }
                fingerprint = true;
            } else if (type == StunAttribute.MESSAGE_INTEGRITY_SHA256.type()) {
                checkValue(StunAttribute.MESSAGE_INTEGRITY_SHA256, at, length);
                integritySha256At = integritySha256At == NONE ? at : integritySha256At;
                readable = Math.min(readable, at);
            } else if (type == StunAttribute.MESSAGE_INTEGRITY.type() && integritySha256At == NONE) {
                checkValue(StunAttribute.MESSAGE_INTEGRITY, at, length);
                integrityAt = integrityAt == NONE ? at : integrityAt;
                readable = Math.min(readable, at);
            } else if (at < readable) {
                // RFC 8489, section 14.5: what follows the integrity is not seen, so an attacker's addition isn't either
                StunAttribute<?> attribute = StunAttribute.of(type);
                if (attribute != null) {
                    checkValue(attribute, at, length);
                }
            }
        }
    }

    private void checkValue(StunAttribute<?> attribute, int at, int length) {
        if (!attribute.check(buffer, at + 4, length)) {
            throw new StunException("bad " + attribute);
        }
    }

    /** The method, or {@code null} for one that we don't speak. */
    public StunMethod method() {
        return StunMethod.of(StunMethod.codeOf(type()));
    }

    public StunClass stunClass() {
        return StunMethod.classOf(type());
    }

    public boolean is(StunMethod method, StunClass stunClass) {
        return type() == method.type(stunClass);
    }

    /** The 16 bits of method and class as they stand in the header. */
    public int type() {
        return buffer.getUnsignedShort(start);
    }

    /** The type of a datagram that {@link #is} STUN, before the dearer check of the rest. */
    static int type(ByteBuf datagram) {
        return datagram.getUnsignedShort(datagram.readerIndex());
    }

    /** The transaction id of a datagram that {@link #is} STUN, before the dearer check of the rest. */
    public static TransactionId transactionId(ByteBuf datagram) {
        return TransactionId.read(datagram, datagram.readerIndex() + 8);
    }

    public TransactionId transactionId() {
        return id;
    }

    /** The 32 bits where the cookie stands; something else only in the form of RFC 3489. */
    public int cookie() {
        return buffer.getInt(start + 4);
    }

    /** The size of the whole message in bytes, header included. */
    public int size() {
        return buffer.writerIndex() - start;
    }

    /** Whether a FINGERPRINT was there; a wrong one does not get past {@link #parse}. */
    public boolean hasFingerprint() {
        return fingerprint;
    }

    public boolean hasIntegrity() {
        return integrityAt != NONE;
    }

    public boolean hasIntegritySha256() {
        return integritySha256At != NONE;
    }

    /** The attribute's value, or {@code null} when the message does not carry it; the first of several counts. */
    public <T> T get(StunAttribute<T> attribute) {
        int at = find(attribute.type(), start + HEADER_LENGTH);
        return at == NONE ? null : attribute.read(buffer, at + 4, buffer.getUnsignedShort(at + 2), id);
    }

    /** The attribute's value as it stands on the wire, to be echoed; {@code null} when the message does not carry it. */
    public byte[] bytes(StunAttribute<?> attribute) {
        int at = find(attribute.type(), start + HEADER_LENGTH);
        return at == NONE ? null : valueAt(at);
    }

    /** All values of an attribute that may come several times, in their order. */
    public <T> List<T> all(StunAttribute<T> attribute) {
        List<T> values = new ArrayList<>(2);
        for (int at = find(attribute.type(), start + HEADER_LENGTH); at != NONE; at = find(attribute.type(), next(at))) {
            values.add(attribute.read(buffer, at + 4, buffer.getUnsignedShort(at + 2), id));
        }
        return values;
    }

    public boolean has(StunAttribute<?> attribute) {
        return find(attribute.type(), start + HEADER_LENGTH) != NONE;
    }

    /** The comprehension-required attributes that we don't know: what a 420 must name (RFC 8489, section 6.3.1). */
    public List<Integer> unknownRequired() {
        List<Integer> unknown = List.of();
        for (int at = start + HEADER_LENGTH; at < readable; at = next(at)) {
            int type = buffer.getUnsignedShort(at);
            if (StunAttribute.isComprehensionRequired(type) && StunAttribute.of(type) == null) {
                unknown = unknown.isEmpty() ? new ArrayList<>(2) : unknown;
                unknown.add(type);
            }
        }
        return unknown;
    }

    /** Whether MESSAGE-INTEGRITY is there and was made with this key (RFC 8489, section 14.5). */
    public boolean verify(IntegrityKey key) {
        return integrityAt != NONE && MessageDigest.isEqual(valueAt(integrityAt), key.sha1(buffer, start, integrityAt));
    }

    /** Whether a MESSAGE-INTEGRITY-SHA256 of full length is there and was made with this key (RFC 8489, section 14.6). */
    public boolean verifySha256(IntegrityKey key) {
        return integritySha256At != NONE
                && MessageDigest.isEqual(valueAt(integritySha256At), key.sha256(buffer, start, integritySha256At));
    }

    static int fingerprint(ByteBuf buffer, int start, int end) {
        CRC32 crc = new CRC32();
        crc.update(buffer.nioBuffer(start, end - start));
        return (int) crc.getValue() ^ FINGERPRINT_MASK;
    }

    private int find(int type, int from) {
        for (int at = from; at < readable; at = next(at)) {
            if (buffer.getUnsignedShort(at) == type) {
                return at;
            }
        }
        return NONE;
    }

    private int next(int at) {
        return at + 4 + (buffer.getUnsignedShort(at + 2) + 3 & ~3);
    }

    private byte[] valueAt(int at) {
        return AttributeCodec.BYTES.read(buffer, at + 4, buffer.getUnsignedShort(at + 2), null);
    }

    @Override
    public String toString() {
        StunMethod method = method();
        StringBuilder text = new StringBuilder(method == null ? "0x%04x".formatted(type()) : method.name())
                .append(' ').append(stunClass());
        for (int at = start + HEADER_LENGTH; at < readable; at = next(at)) {
            StunAttribute<?> attribute = StunAttribute.of(buffer.getUnsignedShort(at));
            text.append(' ').append(attribute == null ? "0x%04x".formatted(buffer.getUnsignedShort(at)) : attribute.name());
            if (attribute == StunAttribute.ERROR_CODE) {
                text.append('=').append(get(StunAttribute.ERROR_CODE).code());
            }
        }
        return text.toString();
    }
}
