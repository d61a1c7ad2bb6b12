package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * Datagrams on their way between an event loop and threads that block, one behind the other in one array: no object, no buffer and
 * no reference count for each. It begins empty and grows with what waits in it, up to a limit. Any thread.
 */
final class DatagramRing {
    private static final int LENGTH_BYTES = 4;
    private static final int FIRST_CAPACITY = 8 << 10;

    private final int mostDatagrams;
    private final int mostBytes;
    private byte[] bytes = new byte[0];
    private int first;                                        // where the oldest datagram begins
    private int used;
    private int count;

    /** @param mostBytes with {@value #LENGTH_BYTES} bytes more for each datagram; a power of two */
    DatagramRing(int mostDatagrams, int mostBytes) {
        this.mostDatagrams = mostDatagrams;
        this.mostBytes = mostBytes;
    }

    synchronized boolean isEmpty() {
        return count == 0;
    }

    /** Takes in what remains in the buffer, and moves its position to the limit; false when there is no room. */
    synchronized boolean offer(ByteBuffer datagram) {
        int length = datagram.remaining();
        if (!makeRoom(length)) {
            return false;
        }
        int at = begin(length);
        int straight = Math.min(length, bytes.length - at);
        datagram.get(bytes, at, straight).get(bytes, 0, length - straight);
        return true;
    }

    /** Takes in what is readable in the buffer, which it borrows; false when there is no room. */
    synchronized boolean offer(ByteBuf datagram) {
        int length = datagram.readableBytes();
        if (!makeRoom(length)) {
            return false;
        }
        int at = begin(length);
        int straight = Math.min(length, bytes.length - at);
        datagram.getBytes(datagram.readerIndex(), bytes, at, straight);
        datagram.getBytes(datagram.readerIndex() + straight, bytes, 0, length - straight);
        return true;
    }

    /** Takes out the oldest datagram, as much of it as fits; how much that is, or -1 when there is none. */
    synchronized int poll(ByteBuffer target) {
        if (count == 0) {
            return -1;
        }
        int length = end();
        int fits = Math.min(length, target.remaining());
        int straight = Math.min(fits, bytes.length - first);
        target.put(bytes, first, straight).put(bytes, 0, fits - straight);
        skip(length);
        return fits;
    }

    /** Takes out the oldest datagram, into a buffer of the caller's; {@code null} when there is none. */
    synchronized ByteBuf poll(ByteBufAllocator allocator) {
        if (count == 0) {
            return null;
        }
        int length = end();
        int straight = Math.min(length, bytes.length - first);
        ByteBuf datagram = allocator.ioBuffer(length).writeBytes(bytes, first, straight).writeBytes(bytes, 0, length - straight);
        skip(length);
        return datagram;
    }

    /** Forgets all, and gives the memory back. */
    synchronized void clear() {
        bytes = new byte[0];
        first = 0;
        used = 0;
        count = 0;
    }

    private boolean makeRoom(int length) {
        int needed = used + LENGTH_BYTES + length;
        if (count == mostDatagrams || needed > mostBytes) {
            return false;
        }
        if (needed > bytes.length) {
            int capacity = Math.max(FIRST_CAPACITY, bytes.length);
            while (capacity < needed) {
                capacity *= 2;
            }
            byte[] larger = new byte[capacity];
            int straight = Math.min(used, bytes.length - first);
            System.arraycopy(bytes, first, larger, 0, straight);
            System.arraycopy(bytes, 0, larger, straight, used - straight);
            bytes = larger;
            first = 0;
        }
        return true;
    }

    /** Writes the length of a new datagram; where its bytes go. */
    private int begin(int length) {
        for (int i = 0; i < LENGTH_BYTES; i++) {
            bytes[index(first + used + i)] = (byte) (length >> 8 * i);
        }
        int at = index(first + used + LENGTH_BYTES);
        used += LENGTH_BYTES + length;
        count++;
        return at;
    }

    /** Reads the length of the oldest datagram, and passes it. */
    private int end() {
        int length = 0;
        for (int i = 0; i < LENGTH_BYTES; i++) {
            length |= (bytes[index(first + i)] & 0xFF) << 8 * i;
        }
        skip(LENGTH_BYTES);
        count--;
        return length;
    }

    private void skip(int length) {
        first = index(first + length);
        used -= length;
    }

    /** The capacity is a power of two. */
    private int index(int position) {
        return position & bytes.length - 1;
    }
}
