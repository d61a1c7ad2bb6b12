package io.natconnector.signal;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;

/** What an {@link MqttSignaling} was told. Changed only between {@link #copy} and the constructor that takes the copy. */
final class MqttConfig {
    MqttAddress address;
    String secret;
    boolean unsealed;
    String prefix = "natconnector/v1";
    int version;
    /** The contract of signalling: nothing older than a minute. */
    Duration expiry = Duration.ofSeconds(60);
    /** What a machine without NTP is off after a few weeks. */
    Duration clockSkew = Duration.ofSeconds(30);
    SslContext tls;
    EventLoopGroup group;
    LongSupplier clock = System::currentTimeMillis;

    MqttConfig(MqttAddress address) {
        this.address = address;
    }

    MqttConfig copy() {
        MqttConfig copy = new MqttConfig(address);
        copy.secret = secret;
        copy.unsealed = unsealed;
        copy.prefix = prefix;
        copy.version = version;
        copy.expiry = expiry;
        copy.clockSkew = clockSkew;
        copy.tls = tls;
        copy.group = group;
        copy.clock = clock;
        return copy;
    }

    /** May compute for a quarter of a second. */
    Envelope envelope() {
        return unsealed ? new OpenEnvelope(prefix) : SealedEnvelope.of(secret, prefix);
    }

    /** {@code null} for none. May read the JVM's trust store from disk. */
    SslContext tlsContext() throws SSLException {
        if (!address.tls()) {
            return null;
        }
        return tls != null ? tls : tlsDefaults().build();
    }

    static SslContextBuilder tlsDefaults() {
        return SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
    }
}
