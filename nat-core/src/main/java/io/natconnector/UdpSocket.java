package io.natconnector;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.SocketRequest;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * One UDP socket of a {@link MachineDriver}. Never connected: an ICMP error of one peer would come up as an exception of all.
 */
final class UdpSocket extends ChannelInboundHandlerAdapter {
    /** The kernel gives what it allows; a burst of a fast sender must fit while the loop is busy. */
    static final int SOCKET_BUFFER = 1 << 20;
    /** Past the upper mark peers' channels hold their datagrams back; past twice that, what still comes is dropped. */
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(256 << 10, 1 << 20);

    private final MachineDriver driver;
    private final Channel channel;
    private final InetSocketAddress requested;
    private InetSocketAddress bound;
    private boolean unflushed;

    UdpSocket(MachineDriver driver, Channel channel, SocketRequest request) {
        this.driver = driver;
        this.channel = channel;
        this.requested = request.address();
        channel.config().setOption(ChannelOption.SO_RCVBUF, SOCKET_BUFFER);
        channel.config().setOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER);
        channel.config().setWriteBufferWaterMark(WATER_MARKS);
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

    /** Takes the datagram over. Whether it was not flushed yet before. */
    boolean write(Datagram datagram) {
        if (channel.unsafe().outboundBuffer() == null
                || channel.unsafe().outboundBuffer().totalPendingWriteBytes() > 2L * WATER_MARKS.high()) {
            datagram.payload().release();
            driver.counters().congested.up();
            return false;
        }
        channel.write(new DatagramPacket(datagram.payload(), datagram.to()), channel.voidPromise());
        driver.counters().sent.up();
        boolean first = !unflushed;
        unflushed = true;
        return first;
    }

    void flush() {
        unflushed = false;
        channel.flush();
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
            driver.received(Datagram.udp(packet.sender(), bound(), packet.content()));
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
