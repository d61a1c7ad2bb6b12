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

    private ByteBuf[] parts = new ByteBuf[1];
    private InetSocketAddress to;
    private int count;
    private int bytes;
    private boolean ended;

    /** Takes a datagram over and answers true, or answers that it does not belong to this run. */
    boolean add(Datagram datagram) {
        ByteBuf payload = datagram.payload();
        int length = payload.readableBytes();
        if (count == 0) {
            to = datagram.to();
            ended = length > LONGEST_SEGMENT;
        } else {
            int segment = segment();
            if (ended || count == MOST || length > segment || bytes + length > MOST_BYTES
                    || !to.equals(datagram.to())) {
                return false;
            }
            ended = length < segment;
            if (count == parts.length) {
                parts = Arrays.copyOf(parts, Math.min(MOST, 4 * count));
            }
        }
        parts[count++] = payload;
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
        return parts[0].readableBytes();
    }

    /** The payload of one of them, which the caller takes over. */
    ByteBuf part(int index) {
        return parts[index];
    }

    /** All payloads one behind the other, in a buffer of the caller's. The run is empty then. */
    ByteBuf join(ByteBufAllocator allocator) {
        ByteBuf all = allocator.directBuffer(bytes, bytes);
        for (int i = 0; i < count; i++) {
            all.writeBytes(parts[i], parts[i].readerIndex(), parts[i].readableBytes());
            parts[i].release();
        }
        clear();
        return all;
    }

    void clear() {
        Arrays.fill(parts, 0, count, null);
        count = 0;
        bytes = 0;
    }
}
