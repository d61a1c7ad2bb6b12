package io.natconnector.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** The records between two sides from one exchange of keys to the next (RFC 6347, section 4.1). One thread. */
final class Epoch {
    /** RFC 6347, section 4.1: 48 bits, and no number twice. */
    static final long LAST_SEQUENCE = (1L << 48) - 1;

    private final int number;
    private final RecordKey ours;
    private final RecordKey theirs;
    private final ReplayWindow window;
    private final long bornAt;
    private long nextSequence;
    private long opened;
    private long forged;

    /** That of the first exchange, where the handshake's last messages have already been. */
    Epoch(SuiteCipher cipher, long now) {
        this(1, cipher, cipher.window(), cipher.sealed(), now);
    }

    /** A later one: records begin anew. */
    Epoch(int number, SuiteCipher cipher, long now) {
        this(number, cipher, new ReplayWindow(), 0, now);
    }

    private Epoch(int number, SuiteCipher cipher, ReplayWindow window, long nextSequence, long now) {
        this.number = number;
        this.ours = cipher.ours();
        this.theirs = cipher.theirs();
        this.window = window;
        this.nextSequence = nextSequence;
        this.bornAt = now;
    }

    int number() {
        return number;
    }

    Suite suite() {
        return ours.suite();
    }

    long bornAt() {
        return bornAt;
    }

    /** How many records either key was used for, and how many forgeries were tried on ours. */
    long used() {
        return Math.max(nextSequence, opened);
    }

    long forged() {
        return forged;
    }

    boolean isUsedUp() {
        return nextSequence > LAST_SEQUENCE;
    }

    /** Whether the peer has sealed anything with these keys since they were exchanged. */
    boolean isHeard() {
        return opened > 0;
    }

    /** How long the record of a content is. */
    int sealedLength(int contentLength) {
        return Records.HEADER_LENGTH + ours.suite().overhead() + contentLength;
    }

    /** A record with this content in a buffer that has room in front for a relay's frame. Borrows the content. */
    ByteBuf seal(int type, ByteBuf content) {
        ByteBuf record = ByteBufAllocator.DEFAULT.ioBuffer(Records.HEADROOM + sealedLength(content.readableBytes()));
        record.setIndex(Records.HEADROOM, Records.HEADROOM);
        seal(type, content, record);
        return record;
    }

    /** Writes the record of this content. Borrows both. */
    void seal(int type, ByteBuf content, ByteBuf target) {
        int length = content.readableBytes();
        byte[] bytes = Scratch.ofThread().in(length + ours.suite().overhead());
        content.getBytes(content.readerIndex(), bytes, ours.suite().explicitLength(), length);
        long full = (long) number << 48 | nextSequence++;
        int sealed = ours.seal(full, type, bytes, 0, length);
        Records.writeHeader(target, type, full, sealed);
        target.writeBytes(bytes, 0, sealed);
    }

    /**
     * Opens the record that begins there.
     *
     * @param record one of this epoch, whole; borrowed
     * @return the content, which is the caller's; {@code null} if the record is a replay or a forgery
     */
    ByteBuf open(ByteBuf record, int at) {
        long sequence = Records.sequence(record, at);
        if (!window.isNew(sequence)) {
            return null;
        }
        int type = Records.type(record, at);
        int length = Records.contentLength(record, at);
        Scratch scratch = Scratch.ofThread();
        byte[] sealed = scratch.in(length);
        byte[] content = scratch.out(length);
        record.getBytes(at + Records.HEADER_LENGTH, sealed, 0, length);
        int contentLength = theirs.open((long) number << 48 | sequence, type, sealed, 0, length, content);
        if (contentLength < 0) {
            forged++;
            return null;
        }
        window.add(sequence);
        opened++;
        return ByteBufAllocator.DEFAULT.ioBuffer(contentLength).writeBytes(content, 0, contentLength);
    }
}
