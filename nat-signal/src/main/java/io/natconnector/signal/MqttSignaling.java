package io.natconnector.signal;

import io.natconnector.Signaling;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;

/**
 * Signalling over any MQTT broker. Both peers give the same broker and the same secret:
 *
 * <pre>{@code
 * MqttSignaling.to("mqtts://broker.example.org").secret("the same long text on both sides")
 * }</pre>
 *
 * <p>Each peer listens on one topic. With a secret, topics are pseudonyms and words are sealed end to end, so a broker, and whoever
 * else may listen there, can neither read nor forge nor repeat them (see the package's description). Everybody who has the secret
 * can speak for everybody, so give it to those who may.
 *
 * <p>MQTT 5, or 3.1.1 where the broker knows no better; QoS 1; never retained. A broker that is not there is tried again after
 * 250 ms, rising to 30 s; meanwhile words are kept until they expire, at most 256.
 *
 * <p>Immutable until {@link #start}: each method that configures returns another instance, and one instance is started once.
 * Any thread. Without an {@link #eventLoopGroup} it has one daemon thread from {@link #start} to {@link #close}. The listener is
 * called on the event loop, so it must not block.
 */
public final class MqttSignaling implements Signaling {
    private static final int MIN_SECRET = 8;
    private static final int MAX_PREFIX = 200;

    private final MqttConfig config;
    private final MqttCounters counters = new MqttCounters();
    private final AtomicReference<MqttPost> post = new AtomicReference<>();
    private volatile boolean closed;

    private MqttSignaling(MqttConfig config) {
        this.config = config;
    }

    /**
     * Signalling over the broker at {@code mqtt://[user[:password]@]host[:1883]} or {@code mqtts://...[:8883]} (TLS). Connects at
     * {@link #start}.
     *
     * @throws IllegalArgumentException if it is not such an address
     */
    public static MqttSignaling to(String broker) {
        return new MqttSignaling(new MqttConfig(MqttAddress.parse(broker)));
    }

    /** A secret that nobody guesses: 192 random bits as text. */
    public static String newSecret() {
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /**
     * The secret that all peers share. A broker can try at leisure what opens a message it has seen: best take
     * {@link #newSecret}, or a sentence.
     *
     * @throws IllegalArgumentException if it has less than 8 characters
     */
    public MqttSignaling secret(String secret) {
        require(secret.length() >= MIN_SECRET, "a secret must have at least " + MIN_SECRET + " characters");
        return with(copy -> {
            copy.secret = secret;
            copy.unsealed = false;
        });
    }

    /** No secret: whoever reads and writes at the broker reads and writes for the peers. For brokers trusted like the peers are. */
    public MqttSignaling unsealed() {
        return with(copy -> {
            copy.secret = null;
            copy.unsealed = true;
        });
    }

    /** Who we are to the broker, in place of what stood in its address. */
    public MqttSignaling credentials(String user, String password) {
        require(!user.isEmpty(), "a user name must not be empty");
        return with(copy -> copy.address = copy.address.as(user, password));
    }

    /**
     * What our topics begin with, the same for all peers; {@code natconnector/v1} if not given.
     *
     * @throws IllegalArgumentException if it can't be the beginning of a topic
     */
    public MqttSignaling prefix(String prefix) {
        require(Topics.isName(prefix) && prefix.length() <= MAX_PREFIX && !prefix.endsWith("/") && !prefix.startsWith("$"),
                "a prefix must be 1 to " + MAX_PREFIX + " characters without + and #, a $ in front or a / at the end: " + prefix);
        return with(copy -> copy.prefix = prefix);
    }

    /** 5 for MQTT 5 only, 3 for MQTT 3.1.1 only; if not given, 5 first and 3.1.1 with brokers that refuse it. */
    public MqttSignaling version(int version) {
        require(version == 3 || version == 5, "the version of MQTT is 5, or 3 for 3.1.1, not " + version);
        return with(copy -> copy.version = version);
    }

    /** How long words are good for, unsent or on their way; 60 s if not given, at most 10 min. The same for all peers. */
    public MqttSignaling expiry(Duration expiry) {
        require(!expiry.isNegative() && !expiry.isZero() && expiry.compareTo(Duration.ofMinutes(10)) <= 0,
                "words may be good for up to 10 minutes, not " + expiry);
        return with(copy -> copy.expiry = expiry);
    }

    /** How far the clocks of two peers may be apart; 30 s if not given. Words are refused beyond it: they might be old ones. */
    public MqttSignaling clockSkew(Duration skew) {
        require(!skew.isNegative() && skew.compareTo(Duration.ofHours(1)) <= 0, "clocks may be up to 1 hour apart, not " + skew);
        return with(copy -> copy.clockSkew = skew);
    }

    /**
     * Trusts the certificates in a PEM file, and no others, to vouch for the broker. If not given, what the JVM trusts.
     *
     * @throws IllegalArgumentException if they can't be read
     */
    public MqttSignaling trust(Path certificates) {
        try {
            return tls(MqttConfig.tlsDefaults().trustManager(certificates.toFile()).build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException("no certificates in PEM can be read from " + certificates, e);
        }
    }

    /** Does TLS in this way, client certificates and all. It must be one for clients, and verify the host name. */
    public MqttSignaling tls(SslContext context) {
        require(context.isClient(), "the TLS context must be one for clients");
        return with(copy -> copy.tls = context);
    }

    /** Runs on one of these event loops, NIO or epoll, in place of a thread of its own. Stays the caller's to shut down. */
    public MqttSignaling eventLoopGroup(EventLoopGroup group) {
        SocketTypes.client(group);
        return with(copy -> copy.group = group);
    }

    /** Another wall clock, in milliseconds of the Unix epoch. */
    MqttSignaling clock(LongSupplier millis) {
        return with(copy -> copy.clock = millis);
    }

    private MqttSignaling with(Consumer<MqttConfig> change) {
        MqttConfig copy = config.copy();
        change.accept(copy);
        return new MqttSignaling(copy);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException also if there is neither a {@link #secret} nor the word that there shall be none
     * @throws IllegalStateException if it was started before
     */
    @Override
    public void start(String self, Listener listener) {
        PeerName.utf8(self);
        require(config.secret != null || config.unsealed, "MQTT signalling over " + config.address + " has no secret, so the broker"
                + " could read and forge what peers say. Call secret(...) with the same text on all peers, or unsealed() if the"
                + " broker is trusted like the peers are");
        MqttPost started = new MqttPost(config, counters, self, listener);
        if (!post.compareAndSet(null, started)) {
            started.close();
            throw new IllegalStateException("this signalling was started before");
        }
        started.start();
        if (closed) {
            started.close();
        }
    }

    /** {@inheritDoc} The broker says that it has the words, not that the peer does. */
    @Override
    public CompletableFuture<Void> send(String to, String text) {
        MqttPost started = post.get();
        if (started == null) {
            return CompletableFuture.failedFuture(new IOException("this signalling was not started"));
        }
        return started.send(to, text);
    }

    @Override
    public void networkChanged() {
        networkChanged(MqttSignaling::isOurs);
    }

    void networkChanged(Predicate<InetAddress> isOurs) {
        MqttPost started = post.get();
        if (started != null) {
            started.networkChanged(isOurs);
        }
    }

    private static boolean isOurs(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true;                                      // nothing is known, so nothing is done
        }
    }

    /** What went through so far. Any thread. */
    public MqttSignalingStatistics statistics() {
        return counters.snapshot();
    }

    @Override
    public void close() {
        closed = true;
        MqttPost started = post.get();
        if (started != null) {
            started.close();
        }
    }

    /** For people and logs: no secrets. */
    @Override
    public String toString() {
        return "MQTT signalling over " + config.address + (config.unsealed ? ", unsealed" : "");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
