package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory that sockets read into. Each read gets as much as the longest datagram needs, so that none is ever cut off, but what it
 * does not fill the next one gets: small datagrams lie side by side in one chunk, which is used over and over and so stays in the
 * processor's cache. What keeps a payload for long does well to copy it, as it keeps a whole chunk.
 *
 * <p>Shared by all sockets of one event loop, and used on it alone.
 */
final class ReceiveBuffers implements RecvByteBufAllocator {
    /**
     * The longest payload of UDP is 65,507 bytes over IPv4 and 65,527 over IPv6, and a read of several segments (UDP_GRO) is no
     * longer.
     */
    private static final int LONGEST = 65_536;
    /** Reads of one socket in its turn: bounds how long a busy one keeps the loop from the others. */
    private static final int BATCH = 32;
    /** How many turns with a single datagram it takes to try whether there is a second. */
    private static final int PATIENCE = 16;
    /** Slots in each chunk: a quiet program holds one, a busy relay all of them. */
    private static final int[] SLOTS = {1, 8, 8, 32, 32, 32, 32};
    private static final int CACHE_LINE = 64;

    private final List<ByteBuf> chunks = new ArrayList<>();
    private int current;
    private int used;                                         // of the current chunk
    private boolean closed;

    @Override
    @SuppressWarnings("deprecation")                          // Netty's own interface still returns it
    public Handle newHandle() {
        return new Reading();
    }

    /** A place in a chunk; one that nobody has a part of any more begins anew. */
    private ByteBuf take(ByteBufAllocator allocator) {
        for (int i = 0; i < chunks.size(); i++) {
            int at = (current + i) % chunks.size();
            ByteBuf chunk = chunks.get(at);
            int from = chunk.refCnt() == 1 ? 0 : i == 0 ? used : chunk.capacity();
            if (chunk.capacity() - from >= LONGEST) {
                current = at;
                used = from;
                return place(chunk);
            }
        }
        if (closed || chunks.size() == SLOTS.length) {
            return allocator.directBuffer(LONGEST, LONGEST);  // somebody keeps much
        }
        current = chunks.size();
        used = 0;
        chunks.add(allocator.directBuffer(SLOTS[current] * LONGEST));
        return place(chunks.get(current));
    }

    private ByteBuf place(ByteBuf chunk) {
        return chunk.retainedSlice(used, LONGEST).clear();
    }

    private void filled(int bytes) {
        used += Math.max(bytes, 0) + CACHE_LINE - 1 & -CACHE_LINE;
    }

    /** How many chunks are held. */
    int size() {
        return chunks.size();
    }

    /** How many bytes the chunks have. */
    int bytes() {
        return chunks.stream().mapToInt(ByteBuf::capacity).sum();
    }

    void close() {
        closed = true;
        chunks.forEach(ByteBuf::release);
        chunks.clear();
    }

    /**
     * How one socket reads: as many datagrams in its turn as it had in the last one, for a read in vain costs a third of another.
     * The event loop comes back to what is left over, so nothing is lost by stopping early.
     */
    private final class Reading implements ExtendedHandle {
        private int limit = 1;
        private int singles;
        private int messages;
        private int attempted;
        private int last;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return take(allocator);
        }

        @Override
        public int guess() {
            return LONGEST;
        }

        @Override
        public void reset(ChannelConfig config) {
            messages = 0;
        }

        @Override
        public void incMessagesRead(int count) {
            messages += count;
        }

        @Override
        public void lastBytesRead(int bytes) {
            last = bytes;
            filled(bytes);
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            return messages < limit;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return messages < limit;
        }

        @Override
        public void readComplete() {
            if (messages < limit) {
                limit = Math.max(1, messages);
                singles = 0;
            } else if (limit > 1 || ++singles == PATIENCE) {
                limit = Math.min(BATCH, 2 * limit);
                singles = 0;
            }
        }
    }
}
