package io.natconnector;

import static io.netty.buffer.Unpooled.copiedBuffer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Netty's own QUIC codec, unchanged, on our channels: what a peer's channel promises is what that needs. */
@Timeout(30)
class QuicOverPeerChannelTest {
    private final Connectors connectors = new Connectors(new PostOffice());

    @AfterEach
    void close() {
        connectors.close();
    }

    @Test
    void streamsRunOverAPeersChannel() throws Exception {
        assumeTrue(Quic.isAvailable(), "no native QUIC for this platform");
        X509Bundle bundle = new CertificateBuilder().subject("CN=bob").setIsCertificateAuthority(true).buildSelfSigned();
        connectors.add("bob").listen(channel -> channel.pipeline().addLast(server(bundle)));

        PeerChannel channel = connectors.add("alice").connect("bob", client()).get(5, SECONDS);
        QuicChannel quic = QuicChannel.newBootstrap(channel).handler(new Idle()).streamHandler(new Idle())
                .remoteAddress(channel.remoteAddress()).connect().get(10, SECONDS);
        CompletableFuture<String> answer = new CompletableFuture<>();
        StringBuilder received = new StringBuilder();
        QuicStreamChannel stream = quic.createStream(QuicStreamType.BIDIRECTIONAL, new SimpleChannelInboundHandler<ByteBuf>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                received.append(bytes.toString(UTF_8));
                if (received.length() >= 100_000) {
                    answer.complete(received.toString());
                }
            }
        }).get(10, SECONDS);
        String question = "0123456789".repeat(10_000);
        stream.writeAndFlush(copiedBuffer(question, UTF_8));

        assertThat(answer.get(10, SECONDS)).isEqualTo(question);
        assertThat(channel.statistics().dropped()).isZero();
        quic.close().get(5, SECONDS);
    }

    private static ChannelHandler server(X509Bundle bundle) {
        QuicSslContext context = QuicSslContextBuilder
                .forServer(bundle.getKeyPair().getPrivate(), null, bundle.getCertificatePath())
                .applicationProtocols("echo").build();
        return limits(new QuicServerCodecBuilder().sslContext(context)).tokenHandler(InsecureQuicTokenHandler.INSTANCE)
                .handler(new Idle()).streamHandler(new Echo()).build();
    }

    private static ChannelHandler client() {
        // Who the peer is, is not what is tested here
        QuicSslContext context = QuicSslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE)
                .applicationProtocols("echo").build();
        return limits(new QuicClientCodecBuilder().sslContext(context)).build();
    }

    private static <B extends QuicCodecBuilder<B>> B limits(B builder) {
        return builder.maxIdleTimeout(5, SECONDS).initialMaxData(1 << 20).initialMaxStreamDataBidirectionalLocal(1 << 18)
                .initialMaxStreamDataBidirectionalRemote(1 << 18).initialMaxStreamsBidirectional(10);
    }

    @ChannelHandler.Sharable
    private static final class Idle extends ChannelInboundHandlerAdapter { }

    @ChannelHandler.Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            context.writeAndFlush(bytes);
        }
    }
}
