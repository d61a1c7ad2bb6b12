package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.ArrayList;
import java.util.List;

/** A raw MQTT client wired to the broker's handlers without a socket, byte for byte as on a socket. */
final class BrokerWire implements AutoCloseable {
    final EmbeddedChannel client = new EmbeddedChannel(new MqttDecoder(1 << 20, 256), MqttEncoder.INSTANCE);
    final EmbeddedChannel server = new EmbeddedChannel();
    private final MqttVersion version;
    private int packetId;

    BrokerWire(BrokerHub hub, int version) {
        this.version = version == 5 ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1;
        server.freezeTime();
        EmbeddedBroker.addProtocol(server, hub);
        server.pipeline().fireChannelActive();
    }

    static BrokerWire connected(BrokerHub hub, int version, String id) {
        BrokerWire wire = new BrokerWire(hub, version);
        assertThat(wire.connect(wire.connecting(id).build()).variableHeader().connectReturnCode())
                .isEqualTo(MqttConnectReturnCode.CONNECTION_ACCEPTED);
        return wire;
    }

    MqttMessageBuilders.ConnectBuilder connecting(String id) {
        return MqttMessageBuilders.connect().protocolVersion(version).clientId(id).cleanSession(true).keepAlive(40);
    }

    MqttConnAckMessage connect(MqttMessage connect) {
        send(connect);
        return (MqttConnAckMessage) next();
    }

    void send(MqttMessage message) {
        client.writeOutbound(message);
        for (ByteBuf bytes = client.readOutbound(); bytes != null; bytes = client.readOutbound()) {
            sendBytes(bytes);
        }
    }

    void sendBytes(ByteBuf bytes) {
        if (server.isOpen()) {
            server.writeInbound(bytes);
        } else {
            bytes.release();
        }
    }

    /** What the broker has said next, {@code null} for nothing. */
    MqttMessage next() {
        for (ByteBuf bytes = server.readOutbound(); bytes != null; bytes = server.readOutbound()) {
            client.writeInbound(bytes);
        }
        MqttMessage message = client.readInbound();
        if (message instanceof MqttPublishMessage publish) {
            // Out of the pool, so that no test has to release it
            MqttPublishMessage copy = publish.replace(Unpooled.copiedBuffer(publish.payload()));
            publish.release();
            return copy;
        }
        return message;
    }

    MqttPublishMessage nextPublish() {
        return (MqttPublishMessage) next();
    }

    List<MqttMessage> all() {
        List<MqttMessage> all = new ArrayList<>();
        for (MqttMessage message = next(); message != null; message = next()) {
            all.add(message);
        }
        return all;
    }

    MqttSubAckMessage subscribe(String filter, int qos) {
        send(MqttMessageBuilders.subscribe().messageId(++packetId).addSubscription(MqttQoS.valueOf(qos), filter).build());
        return (MqttSubAckMessage) next();
    }

    void publish(String topic, String payload, int qos, boolean retained) {
        publish(topic, payload, qos, retained, MqttProperties.NO_PROPERTIES);
    }

    void publish(String topic, String payload, int qos, boolean retained, MqttProperties properties) {
        send(MqttMessageBuilders.publish().topicName(topic).messageId(++packetId).qos(MqttQoS.valueOf(qos)).retained(retained)
                .properties(properties).payload(Unpooled.copiedBuffer(payload, UTF_8)).build());
    }

    void acknowledge(MqttPublishMessage message) {
        send(MqttMessageBuilders.pubAck().packetId(message.variableHeader().packetId()).build());
    }

    static String text(MqttPublishMessage message) {
        return message.payload().toString(UTF_8);
    }

    boolean isOpen() {
        server.runPendingTasks();
        return server.isOpen();
    }

    /** The reason of the DISCONNECT that the broker said last. */
    int disconnectReason() {
        List<MqttMessage> all = all();
        assertThat(all).isNotEmpty();
        MqttMessage last = all.get(all.size() - 1);
        assertThat(last.fixedHeader().messageType()).isEqualTo(MqttMessageType.DISCONNECT);
        return ((MqttReasonCodeAndPropertiesVariableHeader) last.variableHeader()).reasonCode() & 0xFF;
    }

    @Override
    public void close() {
        server.finishAndReleaseAll();
        client.finishAndReleaseAll();
    }
}
