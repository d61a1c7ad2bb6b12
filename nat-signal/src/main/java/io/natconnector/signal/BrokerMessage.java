package io.natconnector.signal;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import java.util.concurrent.TimeUnit;

/**
 * A message on its way through the broker.
 *
 * @param expiry when it is no use any more, nanoseconds; {@link #FOREVER} without an expiry
 * @param size at most so many bytes in memory and on the wire, properties included
 */
record BrokerMessage(String topic, byte[] payload, int qos, boolean retain, MqttProperties properties, long expiry, int size) {
    private static final int OVERHEAD = 64;
    static final long FOREVER = Long.MAX_VALUE;

    static BrokerMessage of(MqttPublishMessage message, long now) {
        byte[] payload = new byte[message.payload().readableBytes()];
        message.payload().getBytes(message.payload().readerIndex(), payload);
        return of(message.variableHeader().topicName(), payload, message.fixedHeader().qosLevel().value(),
                message.fixedHeader().isRetain(), message.variableHeader().properties(),
                message.fixedHeader().remainingLength(), now);
    }

    static BrokerMessage of(String topic, byte[] payload, int qos, boolean retain, MqttProperties properties,
            int length, long now) {
        int seconds = MqttPackets.number(properties, MqttProperties.PUBLICATION_EXPIRY_INTERVAL, -1);
        long expiry = seconds < 0 ? FOREVER : now + TimeUnit.SECONDS.toNanos(seconds);
        return new BrokerMessage(topic, payload, qos, retain, forwarded(properties), expiry, length + OVERHEAD);
    }

    /** MQTT 5, section 3.3.2.3: what goes from the publisher to the subscribers unaltered. */
    private static MqttProperties forwarded(MqttProperties properties) {
        MqttProperties forwarded = new MqttProperties();
        for (MqttProperties.MqttProperty<?> property : properties.listAll()) {
            switch (property.propertyId()) {
                case MqttProperties.PAYLOAD_FORMAT_INDICATOR, MqttProperties.CONTENT_TYPE, MqttProperties.RESPONSE_TOPIC,
                        MqttProperties.CORRELATION_DATA, MqttProperties.USER_PROPERTY -> forwarded.add(property);
                default -> { }
            }
        }
        return forwarded;
    }

    MqttMessage packet(int packetId, int grantedQos, boolean retained, long now) {
        MqttProperties all = new MqttProperties();
        properties.listAll().forEach(all::add);
        if (expiry != FOREVER) {
            int seconds = (int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(expiry - now));
            all.add(new MqttProperties.IntegerProperty(MqttProperties.PUBLICATION_EXPIRY_INTERVAL, seconds));
        }
        return MqttMessageBuilders.publish()
                .topicName(topic)
                .messageId(packetId)
                .qos(MqttQoS.valueOf(grantedQos))
                .retained(retained)
                .properties(all)
                .payload(Unpooled.wrappedBuffer(payload))
                .build();
    }}
