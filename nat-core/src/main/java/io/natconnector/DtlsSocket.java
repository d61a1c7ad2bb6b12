package io.natconnector;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A UDP socket under DTLS: the records of one association, or of all that have come to a listener. */
final class DtlsSocket extends ChannelInboundHandlerAdapter {
    private static final int SEND_BUFFER = 1 << 20;
    /** What is written past this is dropped, as on the way. */
    private static final long MOST_PENDING = 2 << 20;

    private final MachineDriver driver;
    private final InetSocketAddress requested;
    private final BiConsumer<InetSocketAddress, ByteBuf> reader;
    private final DatagramChannel channel;
    private InetSocketAddress bound;
    private boolean unflushed;

    /** @param reader borrows what has come, and from where */
    DtlsSocket(MachineDriver driver, InetSocketAddress requested, BiConsumer<InetSocketAddress, ByteBuf> reader) {
        this.driver = driver;
        this.requested = requested;
        this.reader = reader;
        boolean ipv6 = requested.getAddress() instanceof Inet6Address;
        this.channel = driver.transport().newChannel(ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
        channel.config().setOption(ChannelOption.SO_RCVBUF, UdpSocket.RECEIVE_BUFFER);
        channel.config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER);
        channel.config().setRecvByteBufAllocator(driver.receiveBuffers());
        channel.pipeline().addLast(this);
    }

    /** @param opened given {@code null}, or why it could not be opened */
    void open(Consumer<Throwable> opened) {
        driver.channelOpened();
        driver.loop().register(channel).addListener(registered -> {
            if (registered.isSuccess()) {
                channel.closeFuture().addListener(closed -> driver.channelGone());
                channel.bind(requested).addListener(binding -> opened.accept(binding.cause()));
            } else {
                channel.unsafe().closeForcibly();
                driver.channelGone();
                opened.accept(registered.cause());
            }
        });
    }

    /** In the very form that was asked for, as that of a {@link UdpSocket}. */
    InetSocketAddress bound() {
        if (bound == null && channel.localAddress() != null) {
            InetAddress wanted = requested.getAddress();
            bound = new InetSocketAddress(wanted instanceof Inet6Address ? wanted : channel.localAddress().getAddress(),
                    channel.localAddress().getPort());
        }
        return bound;
    }

    boolean isCongested() {
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null || outbound.totalPendingWriteBytes() > MOST_PENDING;
    }

    /** Takes the datagram over. Whether the socket must be flushed now and had not to be before. */
    boolean write(ByteBuf datagram, InetSocketAddress to) {
        channel.write(new DatagramPacket(datagram, to), channel.voidPromise());
        boolean first = !unflushed;
        unflushed = true;
        return first;
    }

    void flush() {
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    void close() {
        flush();
        if (channel.isRegistered()) {
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            reader.accept(packet.sender(), packet.content());
        } finally {
            packet.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        flush();
        driver.readComplete();
    }

    /** A datagram that could not be sent is lost, as on the way. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        driver.failed(bound, cause);
    }
}
