package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Machine;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An {@link MqttClient} in virtual time, and a broker that answers only when the test says so. */
final class ClientFixture {
    static final String TOPIC = "natconnector/v1/me";
    static final long EXPIRY = SECONDS.toNanos(60);

    final MqttClient client;
    final List<MqttMessage> sent = new ArrayList<>();
    final List<MqttEvent> events = new ArrayList<>();
    long now = 1_000_000_000L;

    ClientFixture(String broker, int version) {
        client = new MqttClient(new MqttClient.Settings(MqttAddress.parse(broker), version, TOPIC), Seeds.random(MqttClient.class));
    }

    static ClientFixture started(int version) {
        ClientFixture fixture = new ClientFixture("mqtt://broker.example:1883", version);
        fixture.client.start(fixture.now);
        fixture.drain();
        return fixture;
    }

    static ClientFixture up(int version) {
        ClientFixture fixture = started(version);
        fixture.comeUp();
        return fixture;
    }

    void comeUp() {
        opened();
        accept(MqttProperties.NO_PROPERTIES);
        confirmSubscription(1);
    }

    void opened() {
        client.opened(now);
        drain();
    }

    void accept(MqttProperties properties) {
        connAck(MqttConnectReturnCode.CONNECTION_ACCEPTED, properties);
    }

    void connAck(MqttConnectReturnCode code, MqttProperties properties) {
        receive(MqttMessageBuilders.connAck().returnCode(code).sessionPresent(false).properties(properties).build());
    }

    void confirmSubscription(int grantedQos) {
        int id = last(MqttSubscribeMessage.class).variableHeader().messageId();
        MqttSubAckMessage granted = MqttMessageBuilders.subAck().packetId(id).addGrantedQos(MqttQoS.valueOf(grantedQos)).build();
        receive(granted);
    }

    void acknowledge(MqttPublishMessage message, int reason) {
        receive(MqttMessageBuilders.pubAck().packetId(message.variableHeader().packetId()).reasonCode((byte) reason).build());
    }

    void publish(String topic, String payload, int qos, boolean retained) {
        receive(MqttMessageBuilders.publish().topicName(topic).messageId(qos == 0 ? 0 : 77).qos(MqttQoS.valueOf(qos))
                .retained(retained).payload(Unpooled.copiedBuffer(payload, UTF_8)).build());
    }

    void receive(MqttMessage message) {
        client.receive(message, now);
        ReferenceCountUtil.release(message);
        drain();
    }

    void lose(String why) {
        client.closed(why, now);
        drain();
    }

    CompletableFuture<Void> send(String text) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        byte[] payload = text.getBytes(UTF_8);
        client.publish(new Outgoing("natconnector/v1/you", payload, now + EXPIRY, result), now);
        drain();
        return result;
    }

    /** Lets time pass, stopping at every timeout on the way. */
    void pass(long nanos) {
        long end = now + nanos;
        for (int steps = 0; client.nextTimeout() <= end; steps++) {
            assertThat(steps).as("timeouts in %d ns", nanos).isLessThan(10_000);
            now = Math.max(now, client.nextTimeout());
            client.handleTimeout(now);
            drain();
        }
        now = end;
    }

    /** As a driver does it: futures are completed here. */
    void drain() {
        for (MqttMessage message = client.pollTransmit(); message != null; message = client.pollTransmit()) {
            sent.add(message);
        }
        for (MqttEvent event = client.pollEvent(); event != null; event = client.pollEvent()) {
            events.add(event);
            if (event instanceof MqttEvent.Delivered delivered) {
                delivered.message().result().complete(null);
            } else if (event instanceof MqttEvent.Dropped dropped) {
                dropped.message().result().completeExceptionally(dropped.reason());
            }
        }
    }

    <T> T last(Class<T> type) {
        List<T> all = all(type);
        assertThat(all).as("%s among %s", type.getSimpleName(), sent).isNotEmpty();
        return all.get(all.size() - 1);
    }

    <T> List<T> all(Class<T> type) {
        return sent.stream().filter(type::isInstance).map(type::cast).toList();
    }

    long count(MqttMessageType type) {
        return sent.stream().filter(message -> message.fixedHeader().messageType() == type).count();
    }

    <T extends MqttEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    MqttEvent.State lastState() {
        List<MqttEvent.State> states = events(MqttEvent.State.class);
        assertThat(states).isNotEmpty();
        return states.get(states.size() - 1);
    }

    /** When the client will try again; it must be waiting to. */
    long untilRetry() {
        assertThat(client.nextTimeout()).isNotEqualTo(Machine.NEVER);
        return client.nextTimeout() - now;
    }

    String text(MqttPublishMessage message) {
        return message.payload().toString(UTF_8);
    }

    int connectVersion() {
        return last(MqttConnectMessage.class).variableHeader().version();
    }
}
