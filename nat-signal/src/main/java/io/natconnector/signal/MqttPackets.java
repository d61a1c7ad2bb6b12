package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.random.RandomGenerator;

/** The packets that a client says, in both versions of MQTT. */
enum MqttPackets {
    V3(MqttVersion.MQTT_3_1_1),
    V5(MqttVersion.MQTT_5);

    /** What we send and take at most, all of a packet. */
    static final int MAX_PACKET = 64 * 1024;
    /** MQTT 5, section 3.4.2.1. */
    static final int NO_MATCHING_SUBSCRIBERS = 0x10;
    /** MQTT 3.1.1, section 3.1.3.1: every broker takes 1 to 23 letters and digits. */
    private static final int CLIENT_ID_LENGTH = 22;

    private final MqttVersion version;

    MqttPackets(MqttVersion version) {
        this.version = version;
    }

    MqttPackets other() {
        return this == V5 ? V3 : V5;
    }

    MqttConnectMessage connect(MqttAddress address, RandomGenerator random) {
        // Without a user name there is no password in 3.1.1 (section 3.1.2.9), so we send none in 5 either
        boolean named = !address.user().isEmpty();
        boolean secret = named && !address.password().isEmpty();
        return MqttMessageBuilders.connect()
                .protocolVersion(version)
                .clientId(clientId(random))
                .cleanSession(true)
                .keepAlive(MqttClient.KEEP_ALIVE_SECONDS)
                .hasUser(named).username(named ? address.user() : null)
                .hasPassword(secret).password(secret ? address.password().getBytes(UTF_8) : null)
                .properties(properties(MqttProperties.MAXIMUM_PACKET_SIZE, MAX_PACKET))
                .build();
    }

    /** Another one for each connection: it tells nobody who we are, and nobody can throw us out by taking the same. */
    private static String clientId(RandomGenerator random) {
        StringBuilder id = new StringBuilder("nc");
        while (id.length() < CLIENT_ID_LENGTH) {
            id.append(Character.forDigit(random.nextInt(36), 36));
        }
        return id.toString();
    }

    MqttMessage subscribe(int packetId, String topic) {
        return MqttMessageBuilders.subscribe()
                .messageId(packetId)
                .addSubscription(topic, new MqttSubscriptionOption(
                        MqttQoS.AT_LEAST_ONCE, false, false, RetainedHandlingPolicy.DONT_SEND_AT_SUBSCRIBE))
                .build();
    }

    MqttMessage publish(int packetId, Outgoing message, long now) {
        long seconds = Math.max(1, NANOSECONDS.toSeconds(message.expiry() - now));
        return MqttMessageBuilders.publish()
                .messageId(packetId)
                .topicName(message.topic())
                .qos(MqttQoS.AT_LEAST_ONCE)
                .retained(false)
                .properties(properties(MqttProperties.PUBLICATION_EXPIRY_INTERVAL, (int) seconds))
                .payload(Unpooled.wrappedBuffer(message.payload()))
                .build();
    }

    MqttMessage acknowledge(int packetId) {
        return MqttMessageBuilders.pubAck().packetId(packetId).build();
    }

    /** An upper bound of the size of a message on the wire. */
    static int sizeOf(Outgoing message) {
        int fixedHeader = 5;
        int packetIdAndProperties = 2 + 1 + 5;
        return fixedHeader + 2 + 3 * message.topic().length() + packetIdAndProperties + message.payload().length;
    }

    private MqttProperties properties(int name, int value) {
        MqttProperties properties = new MqttProperties();
        if (this == V5) {
            properties.add(new MqttProperties.IntegerProperty(name, value));
        }
        return properties;
    }

    static int number(MqttProperties properties, int name, int otherwise) {
        return properties.getProperty(name) instanceof MqttProperties.IntegerProperty number ? number.value() : otherwise;
    }
}
