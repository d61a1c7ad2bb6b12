package io.natconnector;

import io.natconnector.stun.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * Datagrams of one size to one destination, one after the other, which the system can take as one and cut up by itself
 * (UDP_SEGMENT); the last may be shorter. Not thread-safe.
 */
final class SegmentRun {
    /** Linux cuts one sending into no more. */
    private static final int MOST = 64;
    /** The longest payload of one sending over IPv4. */
    private static final int MOST_BYTES = 65_507;
    /** A segment must fit the path, so what is longer than an Ethernet frame over IPv6 goes by itself. */
    private static final int LONGEST_SEGMENT = 1452;

    /** Datagrams that came in buffers of their own: nothing is copied as long as there is one only. */
    private ByteBuf[] parts = new ByteBuf[1];
    /** Or all of them one behind the other, which were written straight to here. */
    private ByteBuf joined;
    private InetSocketAddress to;
    private int count;
    private int taken;
    private int segment;
    private int bytes;
    private int roomAhead;
    private boolean ended;

    /** Takes a datagram over and answers true, or answers that it does not belong to this run. */
    boolean add(Datagram datagram) {
        ByteBuf payload = datagram.payload();
        if (joined != null || !grow(datagram.to(), payload.readableBytes())) {
            return false;
        }
        if (count > parts.length) {
            parts = Arrays.copyOf(parts, Math.min(MOST, 4 * parts.length));
        }
        parts[count - 1] = payload;
        return true;
    }

    /** What to write the next datagram to, which is the run's; {@code null} if it does not belong to this run. */
    ByteBuf open(InetSocketAddress recipient, int length, ByteBufAllocator allocator) {
        if (count > 0 && joined == null || !grow(recipient, length)) {
            return null;
        }
        if (joined == null) {
            joined = allocator.directBuffer(Math.max(length, roomAhead), Math.max(length, MOST_BYTES));
        }
        return joined;
    }

    /** Makes it longer by one datagram, if that belongs to it. */
    private boolean grow(InetSocketAddress recipient, int length) {
        if (count == 0) {
            to = recipient;
            segment = length;
            ended = length > LONGEST_SEGMENT;
        } else if (ended || count == MOST || length > segment || bytes + length > MOST_BYTES
                || to != recipient && !to.equals(recipient)) {
            return false;
        } else {
            ended = length < segment;
        }
        count++;
        bytes += length;
        return true;
    }

    int count() {
        return count;
    }

    int bytes() {
        return bytes;
    }

    /** Where all of it goes. */
    InetSocketAddress to() {
        return to;
    }

    /** Bytes of each datagram but the last. */
    int segment() {
        return segment;
    }

    /** Takes out the next one, for the caller to take over; {@code null} when the run is empty. */
    ByteBuf part() {
        if (taken == count) {
            clear();
            return null;
        }
        taken++;
        return joined == null ? parts[taken - 1] : joined.readRetainedSlice(Math.min(segment, joined.readableBytes()));
    }

    /** All payloads one behind the other, in a buffer of the caller's. The run is empty then. */
    ByteBuf join(ByteBufAllocator allocator) {
        ByteBuf all = joined;
        joined = null;
        if (all == null) {
            all = allocator.directBuffer(bytes, bytes);
            for (int i = 0; i < count; i++) {
                all.writeBytes(parts[i], parts[i].readerIndex(), parts[i].readableBytes());
                parts[i].release();
            }
        }
        clear();
        return all;
    }

    /** Forgets all that is in it. */
    void clear() {
        if (joined == null) {
            Arrays.fill(parts, 0, Math.min(count, parts.length), null);
        } else {
            joined.release();
            joined = null;
        }
        roomAhead = bytes;                                    // the next one is probably as long
        count = 0;
        taken = 0;
        bytes = 0;
    }
}
