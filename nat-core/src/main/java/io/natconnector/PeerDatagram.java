package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.IllegalReferenceCountException;

/**
 * What a {@link PeerChannel} reads: a packet like any other, but once it is released the channel uses it again for another
 * datagram. One whose content alone is released is left to the collector.
 */
final class PeerDatagram extends DatagramPacket {
    private final DefaultPeerChannel owner;
    private ByteBuf content;

    PeerDatagram(DefaultPeerChannel owner) {
        super(Unpooled.EMPTY_BUFFER, owner.localAddress(), owner.remoteAddress());
        this.owner = owner;
    }

    /** Takes the content over. */
    PeerDatagram with(ByteBuf datagram) {
        content = datagram;
        return this;
    }

    /** Gives the content away; the packet is as if released. */
    ByteBuf take() {
        ByteBuf taken = content();
        released(true);
        return taken;
    }

    @Override
    public ByteBuf content() {
        if (content == null) {
            throw new IllegalReferenceCountException(0);
        }
        return content;
    }

    @Override
    public int refCnt() {
        return content == null ? 0 : content.refCnt();
    }

    @Override
    public PeerDatagram retain() {
        content().retain();
        return this;
    }

    @Override
    public PeerDatagram retain(int increment) {
        content().retain(increment);
        return this;
    }

    @Override
    public PeerDatagram touch() {
        content().touch();
        return this;
    }

    @Override
    public PeerDatagram touch(Object hint) {
        content().touch(hint);
        return this;
    }

    @Override
    public boolean release() {
        return released(content().release());
    }

    @Override
    public boolean release(int decrement) {
        return released(content().release(decrement));
    }

    private boolean released(boolean isLast) {
        if (isLast) {
            content = null;
            owner.spare(this);
        }
        return isLast;
    }

    @Override
    public String toString() {
        return "PeerDatagram(" + sender() + " => " + recipient() + ", " + content + ')';
    }
}
