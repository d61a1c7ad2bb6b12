package io.natconnector;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class LeavingNothingTest {
    private static final int PEERS = 200;

    private final PostOffice office = new PostOffice();
    private final Connectors connectors = new Connectors(office);

    @ParameterizedTest
    @EnumSource
    void closedConnectorsHoldNoThreadSocketTimerOrBuffer(UdpTransport transport) throws Exception {
        Set<Thread> before = threads();
        DefaultConnector alice = connectors.add("alice", builder -> builder.transport(transport));
        DefaultConnector bob = connectors.add("bob", builder -> builder.transport(transport));
        bob.listen(channel -> channel.pipeline().addLast(new EchoHandler()));
        Received received = new Received();
        alice.connect("bob", received).get(5, SECONDS).writeAndFlush(copiedBuffer("hello", UTF_8));
        received.next();
        CompletableFuture<PeerChannel> unanswered = alice.connect("nobody");
        List<MachineDriver> drivers = new ArrayList<>(alice.drivers());
        drivers.addAll(bob.drivers());

        connectors.close();

        assertThat(unanswered).isCompletedExceptionally();
        assertThat(drivers).hasSize(2).allSatisfy(driver -> {
            assertThat(driver.counters().opened.value()).isEqualTo(1);
            assertThat(driver.counters().closed.value()).isEqualTo(1);
            assertThat(driver.isArmed()).isFalse();
            assertThat(driver.receiveBuffers().size()).isZero();
        });
        for (Thread thread : threads()) {
            if (thread.getName().startsWith("nat-") && !before.contains(thread)) {
                thread.join(5_000);                        // a loop says that it has ended a moment before its thread has
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet();
    }

    @Test
    void manyPeersShareOneThreadAndOneSocket() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, UdpTransport.best().ioHandler());
        DefaultConnector hub = connectors.add("hub");
        hub.listen(channel -> channel.pipeline().addLast(new EchoHandler()));
        Received received = new Received();
        connectors.add("first", builder -> builder.eventLoopGroup(group)).connect("hub").get(5, SECONDS);
        Set<Thread> before = threads();

        List<CompletableFuture<PeerChannel>> channels = new ArrayList<>();
        for (int i = 0; i < PEERS; i++) {
            DefaultConnector peer = connectors.add("peer" + i, builder -> builder.eventLoopGroup(group));
            channels.add(peer.connect("hub", received));
        }
        for (CompletableFuture<PeerChannel> channel : channels) {
            String answer = null;
            for (int attempt = 0; answer == null && attempt < 3; attempt++) {      // a busy machine may drop a datagram
                channel.get(30, SECONDS).writeAndFlush(copiedBuffer("hello", UTF_8));
                answer = received.next();
            }
            assertThat(answer).isEqualTo("hello");
        }

        assertThat(hub.statistics().sessions()).isEqualTo(PEERS + 1);
        assertThat(hub.drivers()).singleElement()
                .satisfies(driver -> assertThat(driver.counters().opened.value()).isEqualTo(1));
        assertThat(threads()).filteredOn(thread -> !before.contains(thread)).isEmpty();
        connectors.close();
        assertThat(channels).allMatch(channel -> !channel.join().isOpen());
        assertThat(group.isShuttingDown()).isFalse();
        group.shutdownGracefully(0, 1, SECONDS).await(5, SECONDS);
    }
}
