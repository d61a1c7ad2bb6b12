package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Writes one message straight into a buffer: attributes, then {@link #sign}, then {@link #fingerprint} or {@link #end}.
 *
 * <pre>{@code
 * ByteBuf check = StunWriter.write(BINDING, REQUEST, id).put(USERNAME, user).put(PRIORITY, p).sign(key).fingerprint();
 * }</pre>
 */
public final class StunWriter {
    private static final int USUAL_SIZE = 160;

    private final ByteBuf out;
    private final int start;
    private final TransactionId id;

    private StunWriter(ByteBuf out, int type, int cookie, TransactionId id) {
        this.out = out;
        this.start = out.writerIndex();
        this.id = id;
        out.writeShort(type).writeShort(0).writeInt(cookie);
        id.write(out);
    }

    /** Starts a message in a buffer of its own, which the caller of {@link #end} owns. */
    public static StunWriter write(StunMethod method, StunClass stunClass, TransactionId id) {
        return into(ByteBufAllocator.DEFAULT.ioBuffer(USUAL_SIZE), method, stunClass, id);
    }

    /** Starts a message at the buffer's writer index. */
    public static StunWriter into(ByteBuf out, StunMethod method, StunClass stunClass, TransactionId id) {
        return new StunWriter(out, method.type(stunClass), StunMessage.COOKIE, id);
    }

    /** Starts the answer to a request: same method, same transaction, same cookie field, whatever it was. */
    public static StunWriter answer(StunMessage request, StunClass stunClass) {
        int classBits = stunClass.ordinal();
        int type = request.type() & ~0x0110 | (classBits & 2) << 7 | (classBits & 1) << 4;
        return new StunWriter(ByteBufAllocator.DEFAULT.ioBuffer(USUAL_SIZE), type, request.cookie(), request.transactionId());
    }

    /**
     * Adds an attribute.
     *
     * @throws IllegalArgumentException when the value does not fit the attribute's bounds
     */
    public <T> StunWriter put(StunAttribute<T> attribute, T value) {
        int at = out.writerIndex();
        out.writeShort(attribute.type()).writeShort(0);
        attribute.write(out, value, id);
        int length = out.writerIndex() - at - 4;
        out.setShort(at + 2, length);
        out.writeZero(-length & 3);
        return this;
    }

    /** Adds an attribute whose value is at hand as bytes, for example from {@link StunMessage#bytes}. */
    public StunWriter putBytes(StunAttribute<?> attribute, byte[] value) {
        out.writeShort(attribute.type()).writeShort(value.length).writeBytes(value).writeZero(-value.length & 3);
        return this;
    }

    /** The length of what is written so far, in bytes, the header included. */
    public int length() {
        return out.writerIndex() - start;
    }

    /** Adds MESSAGE-INTEGRITY. */
    public StunWriter sign(IntegrityKey key) {
        return put(StunAttribute.MESSAGE_INTEGRITY, key.sha1(out, start, out.writerIndex()));
    }

    /** Adds MESSAGE-INTEGRITY-SHA256. */
    public StunWriter signSha256(IntegrityKey key) {
        return put(StunAttribute.MESSAGE_INTEGRITY_SHA256, key.sha256(out, start, out.writerIndex()));
    }

    /** Adds FINGERPRINT and ends the message. */
    public ByteBuf fingerprint() {
        int end = out.writerIndex();
        setLength(8);                                          // the fingerprint covers the length with itself counted in
        return put(StunAttribute.FINGERPRINT, StunMessage.fingerprint(out, start, end)).end();
    }

    /** Ends the message. The buffer is the caller's. */
    public ByteBuf end() {
        setLength(0);
        return out;
    }

    private void setLength(int more) {
        out.setShort(start + 2, out.writerIndex() - start - StunMessage.HEADER_LENGTH + more);
    }
}
