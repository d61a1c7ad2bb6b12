package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** Bytes and addresses as tests write them down. */
final class Bytes {
    private Bytes() { }

    /** From hexadecimal digits, white space between them at will. */
    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }

    /** An unpooled heap buffer: needs no release. */
    static ByteBuf buffer(String hex) {
        return Unpooled.wrappedBuffer(bytes(hex));
    }

    /** What a buffer holds, which is released. */
    static byte[] drain(ByteBuf buffer) {
        try {
            return ByteBufUtil.getBytes(buffer);
        } finally {
            buffer.release();
        }
    }

    /** The same datagram with its payload on the heap, which needs no release. */
    static Datagram unpooled(Datagram datagram) {
        ByteBuf payload = Unpooled.wrappedBuffer(drain(datagram.payload()));
        return new Datagram(datagram.transport(), datagram.from(), datagram.to(), payload);
    }

    static InetSocketAddress address(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(ip, e);
        }
    }
}
