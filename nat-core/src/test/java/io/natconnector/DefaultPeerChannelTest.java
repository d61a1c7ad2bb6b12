package io.natconnector;

import static io.netty.buffer.Unpooled.buffer;
import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DefaultPeerChannelTest {
    private final Connectors connectors = new Connectors(new PostOffice());
    private final Connector alice = connectors.add("alice");
    private final Connector bob = connectors.add("bob");
    private final Accepted accepted = new Accepted();
    private final Inbox inbox = new Inbox();
    private PeerChannel channel;
    private PeerChannel other;

    @BeforeEach
    void connect() throws Exception {
        bob.listen(accepted);
        channel = alice.connect("bob", inbox).get(5, SECONDS);
        other = accepted.next();
    }

    @AfterEach
    void close() {
        connectors.close();
        inbox.messages.forEach(message -> ((DatagramPacket) message).release());
    }

    /** Keeps all that the pipeline tells it, in order. */
    private static final class Inbox extends ChannelInboundHandlerAdapter {
        final BlockingQueue<Object> messages = new LinkedBlockingQueue<>();
        final List<String> events = new CopyOnWriteArrayList<>();
        final AtomicInteger batches = new AtomicInteger();
        final CompletableFuture<Void> inactive = new CompletableFuture<>();

        @Override
        public void channelActive(ChannelHandlerContext context) {
            events.add("active");
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            events.add("read");
            messages.add(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            batches.incrementAndGet();
            events.add("complete");
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            events.add("inactive");
            inactive.complete(null);
        }

        DatagramPacket next() throws InterruptedException {
            return (DatagramPacket) messages.poll(5, SECONDS);
        }
    }

    @Test
    void readsPacketsBetweenAddressesThatNeverChange() throws Exception {
        InetSocketAddress remote = channel.remoteAddress();
        other.writeAndFlush(copiedBuffer("one", UTF_8));
        other.writeAndFlush(new DatagramPacket(copiedBuffer("two", UTF_8), new InetSocketAddress("192.0.2.1", 9)));

        for (String text : List.of("one", "two")) {
            DatagramPacket packet = inbox.next();
            assertThat(packet.content().toString(UTF_8)).isEqualTo(text);
            assertThat(packet.sender()).isEqualTo(remote).isEqualTo(channel.remoteAddress());
            assertThat(packet.recipient()).isEqualTo(channel.localAddress());
            packet.release();
        }
        assertThat(remote.getHostString()).isEqualTo("bob");
        assertThat(remote.getAddress().getAddress()[0]).isEqualTo((byte) 0xFD);
    }

    @Test
    void eachBatchOfReadsIsCompletedOnce() throws Exception {
        other.write(copiedBuffer("one", UTF_8));
        other.write(copiedBuffer("two", UTF_8));
        other.writeAndFlush(copiedBuffer("three", UTF_8));
        for (int i = 0; i < 3; i++) {
            inbox.next().release();
        }
        alice.statistics();                                   // a turn of the event loop later all is done
        assertThat(inbox.events.get(0)).isEqualTo("active");
        assertThat(inbox.events.get(1)).isEqualTo("read");
        assertThat(inbox.events.get(inbox.events.size() - 1)).isEqualTo("complete");
        assertThat(inbox.batches.get()).isBetween(1, 3);
        assertThat(String.join(" ", inbox.events)).doesNotContain("complete complete");
    }

    @Test
    void aDatagramThatIsTooLongFailsAloneAndIsReleased() throws Exception {
        ByteBuf large = buffer(PeerChannel.MAX_DATAGRAM + 1).writeZero(PeerChannel.MAX_DATAGRAM + 1);
        ChannelFuture refused = channel.write(large);
        ChannelFuture sent = channel.writeAndFlush(copiedBuffer("fits", UTF_8));

        assertThat(refused.await(5, SECONDS)).isTrue();
        assertThat(refused.cause()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("65400");
        assertThat(large.refCnt()).isZero();
        assertThat(sent.await(5, SECONDS) && sent.isSuccess()).isTrue();
        ChannelFuture wrong = channel.writeAndFlush("text").await();
        assertThat(wrong.cause()).isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("String");
    }

    @Test
    void whoDoesNotReadIsNotDrownedAndGetsTheOldest() throws Exception {
        channel.config().setAutoRead(false);
        other.eventLoop().submit(() -> { }).get(5, SECONDS);
        alice.statistics();
        int count = DefaultPeerChannel.MAX_UNREAD + 50;
        for (int i = 0; i < count; i++) {
            other.writeAndFlush(copiedBuffer(Integer.toString(i), UTF_8)).get(5, SECONDS);
        }
        Eventually.until(() -> channel.statistics().received() == count);
        // One read was under way when reading was turned off; what belongs to it was delivered
        int delivered = inbox.messages.size();
        assertThat(delivered).isLessThan(50);
        assertThat(channel.statistics().dropped()).isEqualTo(count - delivered - DefaultPeerChannel.MAX_UNREAD);

        channel.config().setAutoRead(true);

        for (int i = 0; i < delivered + DefaultPeerChannel.MAX_UNREAD; i++) {
            DatagramPacket packet = inbox.next();
            assertThat(packet.content().toString(UTF_8)).isEqualTo(Integer.toString(i));
            packet.release();
        }
    }

    @Test
    void theEndIsToldOnceAndWritesFailFromThenOn() throws Exception {
        other.close();

        inbox.inactive.get(5, SECONDS);
        channel.closeFuture().get(5, SECONDS);
        assertThat(inbox.events).containsOnlyOnce("active", "inactive");
        ByteBuf late = copiedBuffer("late", UTF_8);
        ChannelFuture failed = channel.writeAndFlush(late).await();
        assertThat(failed.cause()).isInstanceOf(ClosedChannelException.class);
        assertThat(late.refCnt()).isZero();
        assertThat(channel.report().connectedAfter()).isPresent();
    }

    @Test
    void aWriterThatIsTooFastSeesItAndLosesNothingOnThisSide() throws Exception {
        int count = 20_000;
        AtomicInteger done = new AtomicInteger();
        CompletableFuture<Void> all = new CompletableFuture<>();
        AtomicInteger unwritable = new AtomicInteger();
        channel.eventLoop().execute(() -> {
            for (int i = 0; i < count; i++) {
                channel.write(buffer(1200).writeZero(1200)).addListener(future -> {
                    if (done.incrementAndGet() == count) {
                        all.complete(null);
                    }
                });
            }
            unwritable.set(channel.isWritable() ? 0 : 1);
            channel.flush();
        });

        all.get(20, SECONDS);
        assertThat(unwritable).hasValue(1);
        assertThat(channel.isWritable()).isTrue();
        assertThat(channel.statistics().sent()).isEqualTo(count);
        assertThat(alice.statistics().datagramsFailed()).isZero();
    }
}
