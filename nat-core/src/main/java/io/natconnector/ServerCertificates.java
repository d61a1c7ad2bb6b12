package io.natconnector;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server shows at the moment: a certificate that stays, or files that are read again when they have changed. They are looked
 * at when somebody connects, once a second at most, and beside: he who does gets the one that was there before. Where the files
 * are not in order, as while they are being replaced, the last one that was goes on.
 */
final class ServerCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCertificates.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Shown(ServerCertificate certificate, SslContext tls) { }

    private final Path certificates;                          // null: it stays
    private final Path key;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile Shown shown;
    private FileTime readAt;
    private long lookedAt = System.nanoTime();

    private ServerCertificates(Path certificates, Path key) {
        this.certificates = certificates;
        this.key = key;
    }

    static ServerCertificates of(ServerCertificate certificate) throws IOException {
        ServerCertificates one = new ServerCertificates(null, null);
        one.show(certificate);
        return one;
    }

    /** @throws IOException if they are not in order now */
    static ServerCertificates of(Path certificates, Path key) throws IOException {
        ServerCertificates files = new ServerCertificates(certificates, key);
        files.read(files.changedAt());
        return files;
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        look();
        return shown.tls().newHandler(allocator, TlsTasks.EXECUTOR);
    }

    ServerCertificate certificate() {
        look();
        return shown.certificate();
    }

    private void look() {
        long now = System.nanoTime();
        if (certificates != null && now - lookedAt >= LOOK_NANOS && looking.compareAndSet(false, true)) {
            lookedAt = now;
            TlsTasks.EXECUTOR.execute(() -> {
                try {
                    FileTime changed = changedAt();
                    if (!changed.equals(readAt)) {
                        read(changed);
                        LOG.info("New certificate from {}", certificates);
                    }
                } catch (IOException e) {
                    LOG.warn("The certificate stays as it was: {}", e.getMessage());
                } finally {
                    looking.set(false);
                }
            });
        }
    }

    private FileTime changedAt() throws IOException {
        FileTime one = Files.getLastModifiedTime(certificates);
        FileTime other = Files.getLastModifiedTime(key);
        return one.compareTo(other) > 0 ? one : other;
    }

    private void read(FileTime changed) throws IOException {
        show(ServerCertificate.read(certificates, key));
        readAt = changed;
    }

    private void show(ServerCertificate certificate) throws IOException {
        try {
            shown = new Shown(certificate, SslContextBuilder.forServer(certificate.key(), certificate.chain())
                    .sslProvider(SslProvider.JDK).protocols(TlsTasks.PROTOCOLS).applicationProtocolConfig(TlsTasks.ALPN).build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new IOException("the certificate can't be used: " + e.getMessage(), e);
        }
    }
}
