package io.natconnector.signal;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodes;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.List;
import java.util.UUID;

/**
 * Who a client said it is and what it can take, and the answers to it in its version of MQTT.
 *
 * @param keepAliveSeconds 0 for none
 * @param receiveMaximum so many messages it takes before it acknowledges one
 * @param maxPacketSize longer packets it does not take
 */
record BrokerClient(String id, boolean isVersion5, int keepAliveSeconds, int receiveMaximum, long maxPacketSize) {
    private static final int MAX_ID = 256;
    /** Who sets a longer time, or none, is told to use this one: a dead connection must not stay for ever. */
    private static final int MAX_KEEP_ALIVE = 600;
    private static final MqttFixedHeader SUBACK = fixed(MqttMessageType.SUBACK);
    private static final MqttFixedHeader UNSUBACK = fixed(MqttMessageType.UNSUBACK);

    /** @param client {@code null} when it is refused */
    record Answer(MqttMessage packet, BrokerClient client, BrokerMessage will) {
    }

    static Answer answer(MqttConnectMessage connect, BrokerOptions options, long now) {
        MqttConnectVariableHeader header = connect.variableHeader();
        MqttConnectPayload payload = connect.payload();
        boolean five = header.version() == MqttVersion.MQTT_5.protocolLevel();
        MqttConnectReturnCode refusal = refusal(header, payload, five, options);
        if (refusal != null) {
            return new Answer(MqttMessageBuilders.connAck().returnCode(refusal).build(), null, null);
        }
        MqttProperties limits = new MqttProperties();
        String id = payload.clientIdentifier();
        if (id.isEmpty()) {
            id = UUID.randomUUID().toString();
            limits.add(new MqttProperties.StringProperty(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER, id));
        }
        int keepAlive = header.keepAliveTimeSeconds();
        if (five && (keepAlive == 0 || keepAlive > MAX_KEEP_ALIVE)) {
            keepAlive = MAX_KEEP_ALIVE;                       // only version 5 can be told so
            limits.add(new MqttProperties.IntegerProperty(MqttProperties.SERVER_KEEP_ALIVE, keepAlive));
        }
        addLimits(limits, options);
        BrokerMessage will = !header.isWillFlag() ? null : BrokerMessage.of(payload.willTopic(), payload.willMessageInBytes(),
                Math.min(1, header.willQos()), header.isWillRetain(), payload.willProperties(),
                connect.fixedHeader().remainingLength(), now);
        MqttMessage accepted = MqttMessageBuilders.connAck().returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
                .sessionPresent(false).properties(five ? limits : MqttProperties.NO_PROPERTIES).build();
        int receiveMaximum = MqttPackets.number(header.properties(), MqttProperties.RECEIVE_MAXIMUM, 0xFFFF);
        long maxPacket = Integer.toUnsignedLong(MqttPackets.number(header.properties(), MqttProperties.MAXIMUM_PACKET_SIZE, -1));
        return new Answer(accepted, new BrokerClient(id, five, keepAlive, Math.max(1, receiveMaximum), maxPacket), will);
    }

    private static MqttConnectReturnCode refusal(
            MqttConnectVariableHeader header, MqttConnectPayload payload, boolean five, BrokerOptions options) {
        String id = payload.clientIdentifier();
        if (id.length() > MAX_ID || id.isEmpty() && !five && !header.isCleanSession()) {
            return five ? MqttConnectReturnCode.CONNECTION_REFUSED_CLIENT_IDENTIFIER_NOT_VALID
                    : MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED;
        }
        if (header.properties().getProperty(MqttProperties.AUTHENTICATION_METHOD) != null) {
            return MqttConnectReturnCode.CONNECTION_REFUSED_BAD_AUTHENTICATION_METHOD;
        }
        if (!options.admits(payload.userName(), payload.passwordInBytes())) {
            return five ? MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD
                    : MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD;
        }
        if (header.isWillFlag() && (payload.willTopic() == null || !Topics.isName(payload.willTopic()))) {
            return five ? MqttConnectReturnCode.CONNECTION_REFUSED_TOPIC_NAME_INVALID
                    : MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED;
        }
        return null;
    }

    private static void addLimits(MqttProperties limits, BrokerOptions options) {
        limits.add(new MqttProperties.IntegerProperty(MqttProperties.SESSION_EXPIRY_INTERVAL, 0));
        limits.add(new MqttProperties.IntegerProperty(MqttProperties.MAXIMUM_QOS, 1));
        limits.add(new MqttProperties.IntegerProperty(MqttProperties.MAXIMUM_PACKET_SIZE, options.maxMessageSize));
        limits.add(new MqttProperties.IntegerProperty(MqttProperties.RETAIN_AVAILABLE, options.maxRetained > 0 ? 1 : 0));
        limits.add(new MqttProperties.IntegerProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0));
        limits.add(new MqttProperties.IntegerProperty(MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE, 0));
    }

    static MqttMessage unacceptableVersion() {
        return MqttMessageBuilders.connAck()
                .returnCode(MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION).build();
    }

    static MqttMessage disconnect(MqttReasonCodes.Disconnect reason) {
        return MqttMessageBuilders.disconnect().reasonCode(reason.byteValue()).build();
    }

    MqttMessage publishAck(int packetId, boolean taken, int receivers) {
        MqttReasonCodes.PubAck code = !taken ? MqttReasonCodes.PubAck.QUOTA_EXCEEDED
                : receivers == 0 ? MqttReasonCodes.PubAck.NO_MATCHING_SUBSCRIBERS : MqttReasonCodes.PubAck.SUCCESS;
        return MqttMessageBuilders.pubAck().packetId(packetId)
                .reasonCode(isVersion5 ? code.byteValue() : MqttReasonCodes.PubAck.SUCCESS.byteValue()).build();
    }

    /** Version 3.1.1 knows one code for all that goes wrong (section 3.9.3). */
    int subscriptionCode(int code) {
        return code >= 0x80 && !isVersion5 ? 0x80 : code;
    }

    MqttMessage subscribeAck(int packetId, List<Integer> codes) {
        return new MqttSubAckMessage(SUBACK, headerOf(packetId), new MqttSubAckPayload(codes));
    }

    MqttMessage unsubscribeAck(int packetId, List<Boolean> found) {
        List<Short> codes = found.stream()
                .map(was -> was ? MqttReasonCodes.UnsubAck.SUCCESS : MqttReasonCodes.UnsubAck.NO_SUBSCRIPTION_EXISTED)
                .map(code -> (short) code.byteValue()).toList();
        return new MqttUnsubAckMessage(UNSUBACK, headerOf(packetId), new MqttUnsubAckPayload(codes));
    }

    private static MqttMessageIdAndPropertiesVariableHeader headerOf(int packetId) {
        return new MqttMessageIdAndPropertiesVariableHeader(packetId, MqttProperties.NO_PROPERTIES);
    }

    private static MqttFixedHeader fixed(MqttMessageType type) {
        return new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0);
    }
}
