package io.natconnector;

import io.natconnector.relay.StreamFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;

/** What comes in over a stream: cut into messages until it is made raw, held back while it is paused. */
final class StreamInput {
    /** What came is neither STUN nor ChannelData, so nobody can tell where the next message begins. */
    static final int INVALID = -1;

    private final ByteBufAllocator allocator;
    private final Consumer<ByteBuf> sink;
    private boolean raw;
    private boolean paused;
    private boolean begun;
    private boolean ended;
    private ByteBuf rest;                                     // the beginning of a message, or what came while paused

    /**
     * @param begun whether ChannelData may come: who has just connected to us has no channels, so what he says first is STUN, and
     *        what is not, a browser's words for example, is known by its first byte
     * @param raw from the start; such a one is paused, too
     * @param sink borrows what it is given; it may make the stream raw, pause it, or end it
     */
    StreamInput(ByteBufAllocator allocator, boolean begun, boolean raw, Consumer<ByteBuf> sink) {
        this.allocator = allocator;
        this.begun = begun;
        this.raw = raw;
        this.paused = raw;
        this.sink = sink;
    }

    boolean isRaw() {
        return raw;
    }

    void raw() {
        raw = true;
    }

    boolean isPaused() {
        return paused;
    }

    void pause() {
        paused = true;
    }

    /** Goes on with what was held back; it may be paused again afterwards. */
    void resume() {
        paused = false;
        take(null);
    }

    /** Whether a message has begun that has not come to its end. */
    boolean isWithinMessage() {
        return rest != null && !raw;
    }

    /** Takes in what has come; borrows it. How many messages were in it, or {@link #INVALID}. */
    int take(ByteBuf in) {
        if (ended) {
            return 0;
        }
        if (rest == null) {
            return in == null ? 0 : cut(in);
        }
        ByteBuf whole = in == null ? rest : rest.writeBytes(in);
        rest = null;
        try {
            return cut(whole);
        } finally {
            whole.release();
        }
    }

    private int cut(ByteBuf in) {
        int messages = 0;
        while (in.isReadable() && !ended) {
            int length = paused ? StreamFrames.INCOMPLETE : raw ? in.readableBytes() : next(in);
            if (length == StreamFrames.INVALID) {
                return INVALID;
            }
            if (length == StreamFrames.INCOMPLETE) {
                rest = allocator.buffer(in.readableBytes()).writeBytes(in);   // as long as what has come: a length is but a claim
                return messages;
            }
            begun = true;
            messages++;
            sink.accept(in.readSlice(length));
        }
        return messages;
    }

    private int next(ByteBuf in) {
        boolean stun = (in.getByte(in.readerIndex()) & 0xC0) == 0;
        return begun || stun ? StreamFrames.next(in) : StreamFrames.INVALID;
    }

    void end() {
        ended = true;
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }
}
