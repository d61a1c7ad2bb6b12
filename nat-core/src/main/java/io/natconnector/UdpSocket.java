package io.natconnector;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.SocketRequest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/**
 * One UDP socket of a {@link MachineDriver}. Never connected: an ICMP error of one peer would come up as an exception of all.
 *
 * <p>Datagrams of one size to one destination that are written one after the other leave as one, which the system cuts up
 * ({@link SegmentRun}); what is so sent to us comes in with one read, too. Nobody has to ask for it: whoever has several datagrams
 * for one peer hands them over before the drain ends, and the flush at its end does the rest. The order to a destination is kept.
 */
final class UdpSocket extends ChannelInboundHandlerAdapter {
    /** The kernel gives what it allows; a burst of a fast sender must fit while the loop is busy. */
    static final int RECEIVE_BUFFER = 4 << 20;
    private static final int SEND_BUFFER = 1 << 20;
    /** Past the upper mark peers' channels hold their datagrams back; past twice that, what still comes is dropped. */
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(256 << 10, 1 << 20);
    /** Destinations that are remembered; when there are more, all are tried once again. */
    private static final int MOST_UNCUT = 256;

    private final MachineDriver driver;
    private final Channel channel;
    private final InetSocketAddress requested;
    private final SegmentRun run = new SegmentRun();
    /** On the way to these the system does not cut up. */
    private Set<InetSocketAddress> uncut = Set.of();
    private InetSocketAddress bound;
    private boolean unflushed;

    UdpSocket(MachineDriver driver, Channel channel, SocketRequest request) {
        this.driver = driver;
        this.channel = channel;
        this.requested = request.address();
        channel.config().setOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER);
        channel.config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER);
        channel.config().setWriteBufferWaterMark(WATER_MARKS);
        if (request.dontFragment()) {
            driver.transport().keepWhole(channel, request.address().getAddress());
        }
        channel.config().setRecvByteBufAllocator(driver.receiveBuffers());
        channel.pipeline().addLast(this);
    }

    ChannelFuture bind() {
        return channel.bind(requested);
    }

    /** The address it was bound to, in the very form that was asked for: without the zone that the system may add. */
    InetSocketAddress bound() {
        if (bound == null) {
            InetSocketAddress local = (InetSocketAddress) channel.localAddress();
            InetAddress address = requested.getAddress() instanceof Inet6Address ? requested.getAddress() : local.getAddress();
            bound = new InetSocketAddress(address, local.getPort());
        }
        return bound;
    }

    /** Takes the datagram over; false: there are too many already, and it was dropped. */
    boolean write(Datagram datagram) {
        if (!datagram.payload().isReadable()) {
            // Netty's channels never send an empty datagram, and in a batch would send its neighbour twice for it
            datagram.payload().release();
            driver.counters().failed.up();
            return false;
        }
        if (isCongested()) {
            datagram.payload().release();
            driver.counters().congested.up();
            return false;
        }
        if (!run.add(datagram)) {
            endRun();
            run.add(datagram);
        }
        driver.counters().sent.up();
        return true;
    }

    private boolean isCongested() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null || outbound.totalPendingWriteBytes() + run.bytes() > 2L * WATER_MARKS.high();
    }

    /** What to write the next datagram to, {@code length} bytes, at once; {@code null} if it can't be sent now. */
    ByteBuf open(InetSocketAddress to, int length) {
        if (length == 0 || isCongested()) {
            return null;
        }
        ByteBuf place = run.open(to, length, channel.alloc());
        if (place == null) {
            endRun();
            place = run.open(to, length, channel.alloc());
        }
        driver.counters().sent.up();
        return place;
    }

    /** Whether it was not marked before. */
    boolean markUnflushed() {
        boolean first = !unflushed;
        unflushed = true;
        return first;
    }

    private void endRun() {
        if (run.count() > 1 && driver.transport().cutsSegments() && !uncut.contains(run.to())) {
            InetSocketAddress to = run.to();
            int segment = run.segment();
            ByteBuf all = run.join(channel.alloc());
            ChannelPromise sent = channel.newPromise();
            sent.addListener(written -> {
                if (!written.isSuccess()) {
                    cut(all, segment, to);
                }
                all.release();
            });
            write(driver.transport().segments(all.retain(), segment, to), sent);
            driver.counters().joined.up();
        } else {
            InetSocketAddress to = run.to();
            for (ByteBuf part; (part = run.part()) != null; ) {
                write(new DatagramPacket(part, to), channel.voidPromise());
            }
        }
    }

    /** There is no handler but this one, so the way through the pipeline is spared. */
    private void write(DatagramPacket packet, ChannelPromise promise) {
        channel.unsafe().write(packet, promise);
    }

    /**
     * What the system did not cut up, we do: the path to there takes shorter packets only, or goes through a device that can't make
     * checksums.
     */
    private void cut(ByteBuf all, int segment, InetSocketAddress to) {
        if (uncut.isEmpty() || uncut.size() >= MOST_UNCUT) {
            uncut = new HashSet<>();
        }
        uncut.add(to);
        while (all.isReadable()) {
            ByteBuf one = all.readRetainedSlice(Math.min(segment, all.readableBytes()));
            write(new DatagramPacket(one, to), channel.voidPromise());
        }
        channel.unsafe().flush();
    }

    void flush() {
        endRun();
        unflushed = false;
        channel.unsafe().flush();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void close() {
        if (channel.isRegistered()) {
            channel.close();
        }
    }

    ChannelFuture closeFuture() {
        return channel.closeFuture();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            driver.received(packet.sender(), bound(), packet.content());
        } finally {
            packet.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        driver.readComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        driver.writabilityChanged(this);
    }

    /** A datagram that could not be sent, for example because there is no route: UDP's loss, which machines live with. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        driver.failed(this, cause);
    }
}
