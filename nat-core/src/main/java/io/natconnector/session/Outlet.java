package io.natconnector.session;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * What leaves next, lent by a driver to a machine that has many datagrams to send: they are written straight into it, without an
 * object and a buffer for each.
 */
public interface Outlet {
    /** Where nothing leaves at once: all is queued until it is polled. */
    Outlet NONE = (from, to, length) -> null;

    /**
     * Makes room for one datagram.
     *
     * @param from the socket that it leaves from
     * @param length of the datagram in bytes
     * @return what to write exactly that many bytes to, at once; it stays the outlet's. {@code null}: there is no such socket, or
     *         it is full; the datagram is to be queued
     */
    ByteBuf open(InetSocketAddress from, InetSocketAddress to, int length);
}
