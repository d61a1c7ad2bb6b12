package io.natconnector;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.natconnector.NatException.Reason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class ConnectorTest {
    private final PostOffice office = new PostOffice();
    private final Connectors connectors = new Connectors(office);

    @AfterEach
    void close() {
        connectors.close();
    }

    @ParameterizedTest
    @EnumSource
    void twoConnectorsFindEachOtherByNameAndEcho(UdpTransport transport) throws Exception {
        Connector alice = connectors.add("alice", builder -> builder.transport(transport));
        Connector bob = connectors.add("bob", builder -> builder.transport(transport));
        bob.listen(channel -> channel.pipeline().addLast(new EchoHandler()));
        Received received = new Received();

        PeerChannel channel = alice.connect("bob", received).get(5, SECONDS);
        channel.writeAndFlush(copiedBuffer("hello", UTF_8)).get(5, SECONDS);

        assertThat(received.next()).isEqualTo("hello");
        assertThat(channel.isActive()).isTrue();
        assertThat(channel.cause()).isNull();
        assertThat(channel.peer()).isEqualTo("bob");
        assertThat(channel.path().localKind()).isEqualTo(Path.Kind.HOST);
        assertThat(channel.path().remote().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
        assertThat(channel.report().toString()).contains("connected after", "127.0.0.1");
        assertThat(channel.statistics()).isEqualTo(new ChannelStatistics(1, 1, 0));
    }

    @Test
    void bothSidesCanSendFirstAndTheListenersHandlerMissesNothing() throws Exception {
        Connector alice = connectors.add("alice");
        Connector bob = connectors.add("bob");
        Received atBob = new Received();
        BlockingQueue<PeerChannel> accepted = new LinkedBlockingQueue<>();
        bob.listen(channel -> {
            channel.pipeline().addLast(atBob);
            accepted.add(channel);
        });
        Received atAlice = new Received();

        alice.connect("bob", atAlice).thenAccept(channel -> channel.writeAndFlush(copiedBuffer("first", UTF_8)));
        PeerChannel toAlice = accepted.poll(5, SECONDS);
        toAlice.writeAndFlush(copiedBuffer("welcome", UTF_8));

        assertThat(atBob.next()).isEqualTo("first");
        assertThat(atAlice.next()).isEqualTo("welcome");
        assertThat(toAlice.peer()).isEqualTo("alice");
    }

    @Test
    void bothConnectingAtOnceGetOneChannelEach() throws Exception {
        Connector alice = connectors.add("alice");
        Connector bob = connectors.add("bob");
        Received atAlice = new Received();
        Received atBob = new Received();

        CompletableFuture<PeerChannel> toBob = alice.connect("bob", atAlice);
        CompletableFuture<PeerChannel> toAlice = bob.connect("alice", atBob);
        toBob.get(5, SECONDS).writeAndFlush(copiedBuffer("from alice", UTF_8));
        toAlice.get(5, SECONDS).writeAndFlush(copiedBuffer("from bob", UTF_8));

        assertThat(atBob.next()).isEqualTo("from alice");
        assertThat(atAlice.next()).isEqualTo("from bob");
        assertThat(alice.statistics().sessions()).isEqualTo(1);
        assertThat(bob.statistics().sessions()).isEqualTo(1);
        assertThat(toBob.get().isInitiator()).isNotEqualTo(toAlice.get().isInitiator());
    }

    @Test
    void bothConnectingAtOnceOnOneEventLoopGetOneChannelEach() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, UdpTransport.NIO.ioHandler());
        Connector alice = connectors.add("alice", builder -> builder.eventLoopGroup(group));
        Connector bob = connectors.add("bob", builder -> builder.eventLoopGroup(group));
        alice.listen(channel -> { });
        bob.listen(channel -> { });

        CompletableFuture<PeerChannel> toBob = new CompletableFuture<>();
        CompletableFuture<PeerChannel> toAlice = new CompletableFuture<>();
        group.next().execute(() -> {                          // words go to and fro within one turn
            alice.connect("bob").thenAccept(toBob::complete);
            bob.connect("alice").thenAccept(toAlice::complete);
        });

        assertThat(toBob.get(5, SECONDS).isInitiator()).isNotEqualTo(toAlice.get(5, SECONDS).isInitiator());
        assertThat(alice.statistics().sessions()).isEqualTo(1);
        assertThat(bob.statistics().sessions()).isEqualTo(1);
        connectors.close();
        group.shutdownGracefully(0, 1, SECONDS).await(5, SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void peersConnectOverIpv6(UdpTransport transport) throws Exception {
        InetAddress loopback = InetAddress.getByName("::1");
        assumeTrue(Interfaces.everything().contains(loopback), "no IPv6 here");
        PostOffice another = new PostOffice();
        Connector alice = connectors.track(Connector.builder().name("alice").signaling(another.counter()).bind(loopback)
                .transport(transport).plaintext());
        connectors.track(Connector.builder().name("bob").signaling(another.counter()).bind(loopback)
                .transport(transport).plaintext()).listen(channel -> channel.pipeline().addLast(new EchoHandler()));
        Received received = new Received();

        PeerChannel channel = alice.connect("bob", received).get(5, SECONDS);
        channel.writeAndFlush(copiedBuffer("hello", UTF_8));

        assertThat(received.next()).isEqualTo("hello");
        assertThat(channel.path().toString()).contains("host [::1]:");
    }

    @Test
    void theMachinesOwnAddressesAreUsedUnlessOthersAreGiven() throws Exception {
        PostOffice another = new PostOffice();
        Connector alice = connectors.track(Connector.builder().name("alice").signaling(another.counter()).plaintext());
        connectors.track(Connector.builder().name("bob").signaling(another.counter()).plaintext()).listen(channel -> { });

        PeerChannel channel = alice.connect("bob").get(10, SECONDS);

        assertThat(Interfaces.usable(List.of())).contains(channel.path().local().getAddress());
        assertThat(alice.check(Duration.ofSeconds(5)).get(10, SECONDS).local())
                .hasSameSizeAs(Interfaces.usable(List.of()));
    }

    @Test
    void whoConnectsAgainJoinsTheConnectionThatIsThere() throws Exception {
        Connector alice = connectors.add("alice");
        connectors.add("bob").listen(channel -> channel.pipeline().addLast(new EchoHandler()));

        CompletableFuture<PeerChannel> first = alice.connect("bob");
        CompletableFuture<PeerChannel> second = alice.connect("bob");
        PeerChannel channel = first.get(5, SECONDS);

        assertThat(second.get(5, SECONDS)).isSameAs(channel);
        Received received = new Received();
        assertThat(alice.connect("bob", received).get(5, SECONDS)).isSameAs(channel);
        channel.writeAndFlush(copiedBuffer("hello", UTF_8));
        assertThat(received.next()).isEqualTo("hello");
        assertThat(alice.statistics().sessions()).isEqualTo(1);
    }

    @Test
    void nobodyAnsweringIsToldWithAReport() {
        Connector alice = connectors.add("alice", builder -> builder.connectTimeout(Duration.ofMillis(300)));

        NatException failure = failureOf(alice.connect("nobody"));

        assertThat(failure.reason()).isEqualTo(Reason.NO_ANSWER);
        assertThat(failure).hasMessageContaining("nobody").hasMessageContaining(Reason.NO_ANSWER.advice());
        assertThat(failure.report().elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(failure.report().local()).isNotEmpty();
        assertThat(failure.report().toString()).contains("not connected after", "no word from the peer", "127.0.0.1");
        assertThat(alice.statistics().sessions()).isZero();
    }

    @Test
    void signallingThatNeverWorkedIsNamedAsTheReason() {
        office.broken = true;
        Connector alice = connectors.add("alice", builder -> builder.connectTimeout(Duration.ofMillis(300)));

        NatException failure = failureOf(alice.connect("bob"));

        assertThat(failure.reason()).isEqualTo(Reason.NO_SIGNAL);
        assertThat(failure).hasMessageContaining("the post office is on strike");
        assertThat(alice.statistics().wordsUnsent()).isPositive();
    }

    @Test
    void signallingThatComesBackInTimeIsEnough() throws Exception {
        office.broken = true;
        Connector alice = connectors.add("alice");
        connectors.add("bob").listen(channel -> { });

        CompletableFuture<PeerChannel> connecting = alice.connect("bob");
        office.broken = false;

        assertThat(connecting.get(10, SECONDS).isActive()).isTrue();
    }

    @Test
    void strangersAreRefusedWhileNobodyListens() {
        Connector alice = connectors.add("alice", builder -> builder.connectTimeout(Duration.ofMillis(300)));
        Connector bob = connectors.add("bob");

        assertThat(failureOf(alice.connect("bob")).reason()).isEqualTo(Reason.NO_ANSWER);
        assertThat(bob.statistics().wordsRefused()).isPositive();
        assertThat(bob.statistics().sessions()).isZero();
    }

    @Test
    void noMoreStrangersComeInThanAreWanted() throws Exception {
        Connector bob = connectors.add("bob", builder -> builder.maxStrangers(1));
        bob.listen(channel -> { });
        connectors.add("alice").connect("bob").get(5, SECONDS);
        Connector mallory = connectors.add("mallory", builder -> builder.connectTimeout(Duration.ofMillis(300)));

        assertThat(failureOf(mallory.connect("bob")).reason()).isEqualTo(Reason.NO_ANSWER);
        assertThat(bob.statistics().sessions()).isEqualTo(1);
    }

    @Test
    void closingAChannelIsSaidToThePeer() throws Exception {
        Accepted accepted = new Accepted();
        connectors.add("bob").listen(accepted);
        PeerChannel channel = connectors.add("alice").connect("bob").get(5, SECONDS);
        PeerChannel other = accepted.next();

        channel.close().get(5, SECONDS);

        other.closeFuture().get(5, SECONDS);
        assertThat(other.cause().reason()).isEqualTo(Reason.CLOSED_BY_PEER);
        assertThat(channel.cause().reason()).isEqualTo(Reason.CLOSED);
        assertThat(channel.isActive()).isFalse();
        assertThat(channel.path()).isNull();
    }

    @Test
    void closingAConnectorIsSaidToAllPeersBeforeSignallingEnds() throws Exception {
        Accepted accepted = new Accepted();
        connectors.add("bob").listen(accepted);
        Connector alice = connectors.add("alice");
        alice.connect("bob").get(5, SECONDS);
        PeerChannel other = accepted.next();

        alice.close();

        other.closeFuture().get(5, SECONDS);
        assertThat(other.cause().reason()).isEqualTo(Reason.CLOSED_BY_PEER);
        assertThat(failureOf(alice.connect("bob")).reason()).isEqualTo(Reason.CLOSED);
        alice.close();
        assertThat(office.closed).hasValue(1);
    }

    @Test
    void aPeerThatStartsAnewReplacesItsOldConnection() throws Exception {
        Connector alice = connectors.add("alice");
        Accepted accepted = new Accepted();
        alice.listen(accepted);
        connectors.add("bob").connect("alice").get(5, SECONDS);
        PeerChannel before = accepted.next();

        connectors.add("bob").connect("alice").get(5, SECONDS);   // the other one is unreachable now, as if it had crashed
        PeerChannel after = accepted.next();

        before.closeFuture().get(5, SECONDS);
        assertThat(before.cause().reason()).isEqualTo(Reason.REPLACED);
        assertThat(after.isActive()).isTrue();
        assertThat(after.remoteAddress()).isNotEqualTo(before.remoteAddress());
        assertThat(alice.statistics().sessions()).isEqualTo(1);
    }

    @Test
    void closingFromWithinTheFirstDatagramIsClean() throws Exception {
        connectors.add("bob").listen(channel -> channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
                context.close();
            }
        }));
        CompletableFuture<Reason> seen = new CompletableFuture<>();

        PeerChannel channel = connectors.add("alice").connect("bob").get(5, SECONDS);
        channel.closeFuture().addListener(closed -> seen.complete(channel.cause().reason()));
        channel.writeAndFlush(copiedBuffer("go away", UTF_8));

        assertThat(seen.get(5, SECONDS)).isEqualTo(Reason.CLOSED_BY_PEER);
    }

    @Test
    void aListenerMayCloseWhatItDoesNotWant() throws Exception {
        CompletableFuture<PeerChannel> refused = new CompletableFuture<>();
        Connector bob = connectors.add("bob");
        bob.listen(channel -> {
            channel.close();
            refused.complete(channel);
        });

        connectors.add("alice").connect("bob");

        PeerChannel channel = refused.get(5, SECONDS);
        channel.closeFuture().get(5, SECONDS);
        assertThat(channel.cause().reason()).isEqualTo(Reason.CLOSED);
        assertThat(bob.statistics().sessions()).isZero();
    }

    @Test
    void cancellingGivesUp() throws Exception {
        Connector alice = connectors.add("alice");

        CompletableFuture<PeerChannel> connecting = alice.connect("nobody");
        connecting.cancel(false);

        assertThat(alice.statistics().sessions()).isZero();
    }

    @Test
    void whatUserCodeThrowsHarmsNobodyElse() throws Exception {
        Connector bob = connectors.add("bob");
        CountDownLatch thrown = new CountDownLatch(1);
        bob.listen(channel -> {
            if (channel.peer().equals("mallory")) {
                thrown.countDown();
                throw new IllegalStateException("thrown on purpose by a test");
            }
            channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    context.fireChannelRead(message);
                    throw new IllegalStateException("thrown on purpose by a test");
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) { }
            }, new EchoHandler());
        });
        connectors.add("mallory").connect("bob");
        assertThat(thrown.await(5, SECONDS)).isTrue();
        Received received = new Received();

        PeerChannel channel = connectors.add("alice").connect("bob", received).get(5, SECONDS);
        channel.writeAndFlush(copiedBuffer("hello", UTF_8));

        assertThat(received.next()).isEqualTo("hello");
        assertThat(bob.statistics().sessions()).isEqualTo(1);
    }

    @Test
    void eachPeerCanHaveAPortOfItsOwn() throws Exception {
        connectors.add("bob").listen(channel -> { });
        connectors.add("carol").listen(channel -> { });
        Connector alice = connectors.add("alice", ConnectorBuilder::portPerPeer);

        PeerChannel bob = alice.connect("bob").get(5, SECONDS);
        PeerChannel carol = alice.connect("carol").get(5, SECONDS);

        assertThat(bob.path().local()).isNotEqualTo(carol.path().local());
        assertThat(alice.check(Duration.ofSeconds(5)).get(5, SECONDS).local()).hasSize(1);
    }

    @Test
    void mistakesAreToldWhereTheyAreMade() {
        Connector alice = connectors.add("alice");
        Connector mute = connectors.track(Connector.builder().bind(InetAddress.getLoopbackAddress()).plaintext());

        assertThatThrownBy(() -> alice.connect("alice")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("our own name");
        assertThatThrownBy(() -> mute.connect("bob")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("signaling").hasMessageContaining("peer(");
    }

    private static NatException failureOf(CompletableFuture<?> future) {
        try {
            throw new AssertionError("not failed but " + future.get(10, SECONDS));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(NatException.class);
            return (NatException) e.getCause();
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
