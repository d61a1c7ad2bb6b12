package io.natconnector;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Addresses that stand for peers, whatever way datagrams take: unique local ones (RFC 4193, section 3.1), which nothing in the
 * world answers to, with the peer's name in front for logs. Each channel has another one.
 */
final class SyntheticAddresses {
    /** fd, then 40 bits drawn once, then subnet 0. */
    private static final long PREFIX = 0xFD6E_61C3_1D7A_0000L;
    /** The port of nobody (discard), as in the media line of the words. */
    private static final int PORT = 9;

    private long last;

    InetSocketAddress local() {
        return address("", 1);
    }

    InetSocketAddress next(String peer) {
        return address(peer, 0x1_0000_0000L + ++last);
    }

    private static InetSocketAddress address(String name, long number) {
        byte[] bytes = ByteBuffer.allocate(16).putLong(PREFIX).putLong(number).array();
        try {
            // The name is given, so that nobody ever looks one up for it
            return new InetSocketAddress(InetAddress.getByAddress(name, bytes), PORT);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
