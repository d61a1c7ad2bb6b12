package io.natconnector.natpeer.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.KnownPeers;
import io.natconnector.PeerIdentity;
import io.natconnector.dtls.DtlsFingerprint;
import io.natconnector.dtls.DtlsIdentity;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** QUIC between two peers that know a secret; and whom we take them for. Any thread. */
public final class FileQuic {
    static final int PROOF_LENGTH = 32;
    private static final String PROTOCOL = "natpeer-file";
    private static final long IDLE_SECONDS = 40;               // longer than a channel looks for another path
    private static final long CONNECTION_WINDOW = 16L << 20;
    private static final long STREAM_WINDOW = 8L << 20;

    private final KeyPair keys;
    private final DtlsIdentity identity;
    private final byte[] secret;
    private final KnownPeers known;

    /**
     * @param keys P-256, who we are
     * @param secret of both peers; empty if who carries their words is trusted
     */
    public FileQuic(KeyPair keys, String secret, KnownPeers known) {
        this.keys = keys;
        this.identity = DtlsIdentity.of(keys);
        this.secret = ("natpeer file " + secret).getBytes(UTF_8);
        this.known = known;
    }

    /** Whether there is native QUIC for this platform. */
    public static boolean isAvailable() {
        return Quic.isAvailable();
    }

    /** For the pipeline of the peer's channel: we begin. */
    ChannelHandler client() {
        // Who the peer is, is found out afterwards, by its proof
        return limits(new QuicClientCodecBuilder().sslContext(QuicSslContextBuilder.forClient()
                .keyManager(keys.getPrivate(), null, identity.certificate())
                .trustManager(InsecureTrustManagerFactory.INSTANCE).applicationProtocols(PROTOCOL).build())).build();
    }

    /** For the pipeline of the peer's channel: the peer begins. */
    ChannelHandler server(ChannelHandler streams) {
        return limits(new QuicServerCodecBuilder().sslContext(QuicSslContextBuilder
                .forServer(keys.getPrivate(), null, identity.certificate()).clientAuth(ClientAuth.REQUIRE)
                .trustManager(InsecureTrustManagerFactory.INSTANCE).applicationProtocols(PROTOCOL).build()))
                .tokenHandler(InsecureQuicTokenHandler.INSTANCE)   // the channel has verified the address
                .handler(new Idle()).streamHandler(streams).build();
    }

    private static <B extends QuicCodecBuilder<B>> B limits(B builder) {
        return builder.maxIdleTimeout(IDLE_SECONDS, SECONDS).initialMaxData(CONNECTION_WINDOW)
                .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW).initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
                .initialMaxStreamsBidirectional(1);
    }

    /** That we know the secret, for this connection alone: nobody between two connections can pass it on. */
    byte[] ourProof(QuicChannel channel, boolean sending) throws IOException {
        return proof(sending, identity.certificate(), theirs(channel));
    }

    /** What the peer must say if it knows the secret. */
    byte[] theirProof(QuicChannel channel, boolean sending) throws IOException {
        return proof(!sending, theirs(channel), identity.certificate());
    }

    /** @throws IOException if the peer is not who it is known to be */
    void check(String peer, QuicChannel channel) throws IOException {
        X509Certificate certificate = theirs(channel);
        PeerIdentity proved = new PeerIdentity(DtlsFingerprint.of(certificate).toString(), certificate);
        Optional<String> objection = known.objection(peer, proved);
        if (objection.isPresent()) {
            throw new IOException(peer + " is not who it is known to be: " + objection.get());
        }
    }

    private static X509Certificate theirs(QuicChannel channel) throws IOException {
        return (X509Certificate) channel.sslEngine().getSession().getPeerCertificates()[0];
    }

    private byte[] proof(boolean ofSender, X509Certificate prover, X509Certificate verifier) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update((byte) (ofSender ? 1 : 0));
            mac.update(prover.getEncoded());
            return mac.doFinal(verifier.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has it", e);
        }
    }

    /** Has nothing to do. */
    @ChannelHandler.Sharable
    static final class Idle extends ChannelInboundHandlerAdapter { }
}
