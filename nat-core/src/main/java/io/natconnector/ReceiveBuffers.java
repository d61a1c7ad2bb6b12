package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/**
 * Buffers that sockets read into: as large as the largest datagram, so that none is ever cut off, and used over and over, so that
 * their size costs nothing. One that somebody keeps is left alone until it is given back; what keeps a payload for long does well
 * to copy it.
 *
 * <p>Shared by all sockets of one event loop, and used on it alone.
 */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    /** The longest payload of UDP is 65,507 bytes over IPv4 and 65,527 over IPv6. */
    private static final int LONGEST = 65_536;
    /** Datagrams read before the machine is drained: bounds how long one busy socket keeps the loop from the others. */
    private static final int BATCH = 32;

    private final List<ByteBuf> buffers = new ArrayList<>();
    private int next;
    private boolean closed;

    ReceiveBuffers() {
        super(BATCH);
    }

    @Override
    @SuppressWarnings("deprecation")                          // Netty's own interface still returns it
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return take(allocator);
            }

            @Override
            public int guess() {
                return LONGEST;
            }
        };
    }

    private ByteBuf take(ByteBufAllocator allocator) {
        for (int i = 0; i < buffers.size(); i++) {
            ByteBuf buffer = buffers.get((next + i) % buffers.size());
            if (buffer.refCnt() == 1) {
                next = (next + i) % buffers.size();
                return buffer.clear().retain();
            }
        }
        ByteBuf buffer = allocator.directBuffer(LONGEST, LONGEST);
        if (!closed && buffers.size() < BATCH) {
            buffers.add(buffer.retain());
        }
        return buffer;
    }

    /** How many buffers are held. */
    int size() {
        return buffers.size();
    }

    void close() {
        closed = true;
        buffers.forEach(ByteBuf::release);
        buffers.clear();
    }
}
