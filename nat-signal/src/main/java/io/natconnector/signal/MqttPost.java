package io.natconnector.signal;

import io.natconnector.Signaling;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running part of an {@link MqttSignaling}: letters in, letters out. Its state belongs to one event loop. */
final class MqttPost {
    private static final Logger LOG = LoggerFactory.getLogger(MqttPost.class);
    /** Ids to remember: a peer hears a few dozen letters a minute. */
    private static final int MAX_SEEN = 16_384;

    private final MqttConfig config;
    private final MqttCounters counters;
    private final String self;
    private final Signaling.Listener listener;
    private final SecureRandom random = new SecureRandom();
    private final EventLoopGroup ownGroup;
    private final EventLoop loop;
    private final Freshness freshness;
    private final ArrayDeque<Runnable> early = new ArrayDeque<>();
    private volatile boolean closed;
    private Envelope envelope;
    private MqttDriver driver;

    MqttPost(MqttConfig config, MqttCounters counters, String self, Signaling.Listener listener) {
        this.config = config;
        this.counters = counters;
        this.self = self;
        this.listener = listener;
        this.ownGroup = config.group != null ? null : new MultiThreadIoEventLoopGroup(1,
                new DefaultThreadFactory("natconnector-mqtt", true), NioIoHandler.newFactory());
        this.loop = config.group != null ? config.group.next() : ownGroup.next();
        this.freshness = new Freshness(config.expiry.toMillis(), config.clockSkew.toMillis(), MAX_SEEN, config.clock.getAsLong());
    }

    void start() {
        Background.run("natconnector-mqtt-key", () -> {
            Envelope made = config.envelope();
            try {
                SslContext tls = config.tlsContext();
                execute(() -> begin(made, tls));
            } catch (SSLException e) {
                tell(() -> listener.state(false, "TLS is not to be had in this JVM: " + e.getMessage()));
            }
        });
    }

    private void begin(Envelope made, SslContext tls) {
        if (closed) {
            return;
        }
        envelope = made;
        driver = new MqttDriver(loop, tls, new MqttClient.Settings(config.address, config.version, made.topic(self)), this::on);
        driver.start();
        early.forEach(Runnable::run);
        early.clear();
    }

    CompletableFuture<Void> send(String to, String text) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        if (closed || !execute(() -> post(to, text, result))) {
            fail(result, "this signalling is closed");
        }
        return result;
    }

    private void post(String to, String text, CompletableFuture<Void> result) {
        if (closed) {
            fail(result, "this signalling is closed");
        } else if (envelope == null && early.size() < Outbox.MAX_MESSAGES) {
            early.add(() -> post(to, text, result));
        } else if (envelope == null) {
            fail(result, "too many messages wait for " + config.address);
        } else {
            try {
                Letter letter = new Letter(MessageId.random(random), config.clock.getAsLong(), self, text);
                byte[] sealed = envelope.wrap(letter, to);
                driver.publish(new Outgoing(envelope.topic(to), sealed, System.nanoTime() + config.expiry.toNanos(), result));
            } catch (IllegalArgumentException e) {
                fail(result, e.getMessage());
            }
        }
    }

    private void on(MqttEvent event) {
        if (event instanceof MqttEvent.Received received) {
            open(received.payload());
        } else if (event instanceof MqttEvent.Delivered delivered) {
            counters.sent.increment();
            if (!delivered.heard()) {
                counters.unheard.increment();
                LOG.debug("Nobody listens on {} at {}: is the peer there, with the same prefix and secret?",
                        delivered.message().topic(), config.address);
            }
            delivered.message().result().complete(null);
        } else if (event instanceof MqttEvent.Dropped dropped) {
            counters.dropped.increment();
            dropped.message().result().completeExceptionally(dropped.reason());
        } else if (event instanceof MqttEvent.State state) {
            if (state.up()) {
                counters.connections.increment();
            }
            tell(() -> listener.state(state.up(), state.advice()));
        } else {
            counters.ignored.increment();
        }
    }

    private void open(byte[] payload) {
        Letter letter = envelope.unwrap(payload, self);
        if (letter == null) {
            counters.forged.increment();
            return;
        }
        long now = config.clock.getAsLong();
        switch (freshness.judge(letter, now)) {
            case FRESH -> {
                counters.received.increment();
                tell(() -> listener.received(letter.from(), letter.text()));
            }
            case STALE -> {
                counters.stale.increment();
                warnOfClocks(letter, now);
            }
            default -> counters.replayed.increment();
        }
    }

    private void warnOfClocks(Letter letter, long now) {
        long count = counters.stale.sum();
        if (Long.bitCount(count) == 1) {                       // the 1st, 2nd, 4th, 8th: whoever repeats them must not fill the log
            LOG.warn("Words of {} were refused ({} so far): dated {} s {} by our clock. They came late, or the clocks of the two"
                    + " machines are too far apart", PeerName.encoded(letter.from()), count, Math.abs(now - letter.time()) / 1000,
                    now >= letter.time() ? "ago" : "in the future");
        }
    }

    private void tell(Runnable callback) {
        if (closed) {
            return;
        }
        try {
            callback.run();
        } catch (RuntimeException e) {
            LOG.warn("The listener of {} threw", config.address, e);
        }
    }

    void networkChanged(Predicate<InetAddress> isOurs) {
        execute(() -> {
            if (driver != null && !closed) {
                driver.networkChanged(isOurs);
            }
        });
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        execute(() -> {
            early.forEach(Runnable::run);                      // which fail, now that it is closed
            early.clear();
            if (driver != null) {
                driver.close();
            }
        });
        if (ownGroup != null) {
            ownGroup.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
    }

    private boolean execute(Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;                                      // the event loop was shut down before us
        }
    }

    private static void fail(CompletableFuture<Void> result, String why) {
        result.completeExceptionally(new IOException(why));
    }
}
