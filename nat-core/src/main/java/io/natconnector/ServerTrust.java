package io.natconnector;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Whose certificates are believed when we connect to servers over TLS and DTLS. The name in them is always looked at, too. */
final class ServerTrust {
    /** Whom the JVM trusts. */
    static final ServerTrust SYSTEM = new ServerTrust(List.of());

    private final List<X509Certificate> authorities;
    private SslContext context;

    private ServerTrust(List<X509Certificate> authorities) {
        this.authorities = authorities;
    }

    /** Trusts these, and those they have signed, in place of the system's. */
    static ServerTrust of(List<X509Certificate> authorities) {
        return new ServerTrust(List.copyOf(authorities));
    }

    /**
     * For one connection.
     *
     * @param name what the certificate must be for; {@code null} for the server's IP address
     * @throws IllegalStateException if this JVM can't do TLS
     */
    SslHandler newHandler(ByteBufAllocator allocator, String name, InetSocketAddress server) {
        String expected = name != null ? name : server.getAddress().getHostAddress();
        return context().newHandler(allocator, expected, server.getPort(), TlsTasks.EXECUTOR);
    }

    /** Reading the system's trust takes tens of milliseconds, so it is done once, by whoever needs it first. */
    private synchronized SslContext context() {
        if (context == null) {
            try {
                context = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).protocols(TlsTasks.PROTOCOLS)
                        .applicationProtocolConfig(TlsTasks.ALPN).trustManager(trustManager())
                        .endpointIdentificationAlgorithm("HTTPS").build();
            } catch (SSLException | GeneralSecurityException e) {
                throw new IllegalStateException("TLS can't be had", e);
            }
        }
        return context;
    }

    X509TrustManager trustManager() throws GeneralSecurityException {
        KeyStore store = null;
        if (!authorities.isEmpty()) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            try {
                store.load(null, null);
            } catch (IOException e) {
                throw new GeneralSecurityException(e);
            }
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority " + i, authorities.get(i));
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("no X.509 trust manager");
    }
}
