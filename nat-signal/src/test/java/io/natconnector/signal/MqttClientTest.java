package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.stun.Machine;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageFactory;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MqttClientTest {
    @Test
    void introducesItselfWithACleanStartAndARandomId() {
        ClientFixture fixture = new ClientFixture("mqtt://user:pass%20word@broker.example", 0);
        fixture.client.start(fixture.now);
        fixture.opened();
        MqttConnectMessage connect = fixture.last(MqttConnectMessage.class);

        assertThat(connect.variableHeader().version()).isEqualTo(5);
        assertThat(connect.variableHeader().isCleanSession()).isTrue();
        assertThat(connect.variableHeader().keepAliveTimeSeconds()).isEqualTo(30);
        assertThat(connect.variableHeader().isWillFlag()).isFalse();
        assertThat(connect.payload().userName()).isEqualTo("user");
        assertThat(new String(connect.payload().passwordInBytes(), UTF_8)).isEqualTo("pass word");
        assertThat(connect.payload().clientIdentifier()).matches("[a-z0-9]{22}");

        fixture.lose("gone");
        fixture.pass(SECONDS.toNanos(1));
        fixture.opened();
        assertThat(fixture.last(MqttConnectMessage.class).payload().clientIdentifier())
                .isNotEqualTo(connect.payload().clientIdentifier());
    }

    @Test
    void subscribesToItsTopicAndOnlyThenIsUp() {
        ClientFixture fixture = ClientFixture.started(5);
        fixture.opened();
        fixture.accept(MqttProperties.NO_PROPERTIES);
        MqttSubscribeMessage subscribe = fixture.last(MqttSubscribeMessage.class);
        assertThat(subscribe.payload().topicSubscriptions()).singleElement().satisfies(subscription -> {
            assertThat(subscription.topicFilter()).isEqualTo(ClientFixture.TOPIC);
            assertThat(subscription.option().qos()).isEqualTo(MqttQoS.AT_LEAST_ONCE);
            assertThat(subscription.option().retainHandling()).isEqualTo(RetainedHandlingPolicy.DONT_SEND_AT_SUBSCRIBE);
        });
        assertThat(fixture.events(MqttEvent.State.class)).isEmpty();

        fixture.confirmSubscription(1);
        assertThat(fixture.events(MqttEvent.State.class)).containsExactly(new MqttEvent.State(true, ""));
    }

    @Test
    void publishesWithQos1NeverRetainedAndIsDoneWhenAcknowledged() {
        ClientFixture fixture = ClientFixture.up(5);
        CompletableFuture<Void> result = fixture.send("hello");
        MqttPublishMessage message = fixture.last(MqttPublishMessage.class);

        assertThat(message.fixedHeader().qosLevel()).isEqualTo(MqttQoS.AT_LEAST_ONCE);
        assertThat(message.fixedHeader().isRetain()).isFalse();
        assertThat(MqttPackets.number(message.variableHeader().properties(), MqttProperties.PUBLICATION_EXPIRY_INTERVAL, -1))
                .isEqualTo(60);
        assertThat(result).isNotDone();
        fixture.acknowledge(message, 0);
        assertThat(result).isCompleted();
    }

    @Test
    void saysWhenNobodyListens() {
        ClientFixture fixture = ClientFixture.up(5);
        CompletableFuture<Void> result = fixture.send("hello");
        fixture.acknowledge(fixture.last(MqttPublishMessage.class), 0x10);
        assertThat(result).isCompleted();
        assertThat(fixture.events(MqttEvent.Delivered.class)).singleElement().matches(delivered -> !delivered.heard());
    }

    @Test
    void failsAMessageThatTheBrokerRefuses() {
        ClientFixture fixture = ClientFixture.up(5);
        CompletableFuture<Void> result = fixture.send("hello");
        fixture.acknowledge(fixture.last(MqttPublishMessage.class), 0x87);
        assertThatThrownBy(result::get).cause().isInstanceOf(IOException.class).hasMessageContaining("0x87");
    }

    @Test
    void sendsAgainWhatWasNotAcknowledgedWhenTheConnectionIsBack() {
        ClientFixture fixture = ClientFixture.up(5);
        CompletableFuture<Void> first = fixture.send("one");
        CompletableFuture<Void> second = fixture.send("two");
        fixture.acknowledge(fixture.all(MqttPublishMessage.class).get(0), 0);
        fixture.lose("reset");
        CompletableFuture<Void> third = fixture.send("three");
        fixture.sent.clear();
        fixture.pass(SECONDS.toNanos(1));
        fixture.comeUp();

        assertThat(fixture.all(MqttPublishMessage.class)).extracting(fixture::text).containsExactly("two", "three");
        fixture.all(MqttPublishMessage.class).forEach(message -> fixture.acknowledge(message, 0));
        assertThat(List.of(first, second, third)).allMatch(CompletableFuture::isDone);
    }

    @Test
    void dropsMessagesThatExpireWhileThereIsNoConnection() {
        ClientFixture fixture = ClientFixture.started(5);
        fixture.lose("Connection refused");
        CompletableFuture<Void> result = fixture.send("hello");
        fixture.pass(ClientFixture.EXPIRY - 1);
        assertThat(result).isNotDone();
        fixture.pass(1);
        assertThatThrownBy(result::get).cause().isInstanceOf(IOException.class)
                .hasMessageContaining("expired unsent: no connection to the MQTT broker mqtt://broker.example:1883");
    }

    @Test
    void dropsMessagesThatAreNeverAcknowledged() {
        ClientFixture fixture = ClientFixture.up(3);
        CompletableFuture<Void> result = fixture.send("hello");
        for (int i = 0; i < 12; i++) {
            fixture.pass(SECONDS.toNanos(5));
            fixture.receive(MqttMessage.PINGRESP);
        }
        assertThatThrownBy(result::get).cause().isInstanceOf(IOException.class).hasMessageContaining("did not acknowledge");
        fixture.acknowledge(fixture.last(MqttPublishMessage.class), 0);      // too late, and no harm
        assertThat(fixture.lastState().up()).isTrue();
    }

    @Test
    void keepsTheNewestOfTooManyMessages() {
        ClientFixture fixture = ClientFixture.started(5);
        List<CompletableFuture<Void>> results = new ArrayList<>();
        for (int i = 0; i < Outbox.MAX_MESSAGES + 10; i++) {
            results.add(fixture.send("message " + i));
        }
        assertThat(results.subList(0, 10)).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(results.subList(10, results.size())).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void keepsNoMoreBytesThanItMay() {
        ClientFixture fixture = ClientFixture.started(5);
        List<CompletableFuture<Void>> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            results.add(fixture.send("x".repeat(Outbox.MAX_BYTES / 16)));
        }
        assertThat(results.stream().filter(CompletableFuture::isCompletedExceptionally)).hasSize(4);
    }

    @Test
    void keepsWithinWhatTheBrokerTakesAtOnce() {
        ClientFixture fixture = ClientFixture.started(5);
        fixture.opened();
        MqttProperties limits = new MqttProperties();
        limits.add(new MqttProperties.IntegerProperty(MqttProperties.RECEIVE_MAXIMUM, 2));
        limits.add(new MqttProperties.IntegerProperty(MqttProperties.MAXIMUM_PACKET_SIZE, 200));
        fixture.accept(limits);
        fixture.confirmSubscription(1);
        CompletableFuture<Void> tooLong = fixture.send("x".repeat(200));
        assertThatThrownBy(tooLong::get).cause().isInstanceOf(IOException.class).hasMessageContaining("200 bytes");

        for (String text : new String[] {"one", "two", "three"}) {
            fixture.send(text);
        }
        assertThat(fixture.all(MqttPublishMessage.class)).hasSize(2);
        fixture.acknowledge(fixture.all(MqttPublishMessage.class).get(1), 0);
        assertThat(fixture.all(MqttPublishMessage.class)).extracting(fixture::text).containsExactly("one", "two", "three");
    }

    @Test
    void acknowledgesAndHandsOnWhatComes() {
        ClientFixture fixture = ClientFixture.up(5);
        fixture.publish(ClientFixture.TOPIC, "with qos 1", 1, false);
        fixture.publish(ClientFixture.TOPIC, "with qos 0", 0, false);
        assertThat(fixture.events(MqttEvent.Received.class)).extracting(received -> new String(received.payload()))
                .containsExactly("with qos 1", "with qos 0");
        assertThat(fixture.count(MqttMessageType.PUBACK)).isEqualTo(1);
    }

    @Test
    void ignoresRetainedMessagesAndForeignTopics() {
        ClientFixture fixture = ClientFixture.up(3);
        fixture.publish(ClientFixture.TOPIC, "from last week", 1, true);
        fixture.publish("natconnector/v1/other", "not for us", 1, false);
        assertThat(fixture.events(MqttEvent.Received.class)).isEmpty();
        assertThat(fixture.events(MqttEvent.Ignored.class)).hasSize(2);
        assertThat(fixture.count(MqttMessageType.PUBACK)).as("else they would come again").isEqualTo(2);
    }

    @Test
    void pingsAndGivesUpAConnectionThatDoesNotAnswer() {
        ClientFixture fixture = ClientFixture.up(5);
        fixture.pass(SECONDS.toNanos(30));
        assertThat(fixture.count(MqttMessageType.PINGREQ)).isEqualTo(1);
        fixture.receive(MqttMessage.PINGRESP);
        fixture.pass(SECONDS.toNanos(30));
        assertThat(fixture.count(MqttMessageType.PINGREQ)).isEqualTo(2);
        assertThat(fixture.lastState().up()).isTrue();

        fixture.pass(MqttClient.PONG);
        assertThat(fixture.lastState()).matches(state -> !state.up() && state.advice().contains("no longer answers"));
        assertThat(fixture.events).endsWith(fixture.lastState());
        assertThat(fixture.events(MqttEvent.Close.class)).hasSize(1);
    }

    @Test
    void pingsAsOftenAsTheBrokerWants() {
        ClientFixture fixture = ClientFixture.started(5);
        fixture.opened();
        MqttProperties keepAlive = new MqttProperties();
        keepAlive.add(new MqttProperties.IntegerProperty(MqttProperties.SERVER_KEEP_ALIVE, 5));
        fixture.accept(keepAlive);
        fixture.confirmSubscription(1);
        fixture.pass(SECONDS.toNanos(5));
        assertThat(fixture.count(MqttMessageType.PINGREQ)).isEqualTo(1);
    }

    @Test
    void waitsLongerAfterEachFailureUpToHalfAMinute() {
        ClientFixture fixture = ClientFixture.started(5);
        long ceiling = Backoff.FIRST;
        for (int attempt = 0; attempt < 12; attempt++) {
            fixture.lose("Connection refused");
            assertThat(fixture.untilRetry()).isBetween(ceiling / 2, ceiling);
            ceiling = Math.min(SECONDS.toNanos(30), ceiling * 2);
            fixture.pass(fixture.untilRetry());
            assertThat(fixture.events(MqttEvent.Open.class)).hasSize(attempt + 2);
        }
        assertThat(ceiling).isEqualTo(SECONDS.toNanos(30));
        assertThat(fixture.events(MqttEvent.State.class)).as("the same advice is told once").hasSize(1);
    }

    @Test
    void comesBackSoonAfterAConnectionThatHasLasted() {
        ClientFixture fixture = ClientFixture.started(5);
        for (int i = 0; i < 6; i++) {
            fixture.lose("Connection refused");
            fixture.pass(fixture.untilRetry());
        }
        fixture.comeUp();
        fixture.pass(MqttClient.STABLE);
        fixture.lose("reset");
        assertThat(fixture.untilRetry()).isLessThanOrEqualTo(MILLISECONDS.toNanos(250));
    }

    @Test
    void givesUpAnAttemptThatTakesTooLong() {
        ClientFixture fixture = ClientFixture.started(5);
        fixture.pass(MqttClient.ATTEMPT);
        assertThat(fixture.lastState().advice()).contains("no answer within 20 s");

        ClientFixture silent = ClientFixture.started(5);
        silent.opened();
        silent.pass(MqttClient.ATTEMPT);
        assertThat(silent.lastState().advice()).contains("does not answer to MQTT");
    }

    @ParameterizedTest
    @EnumSource(value = MqttConnectReturnCode.class, names = {
        "CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION", "CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION"})
    void fallsBackToVersion3AtOnceWhenTheBrokerSaysSo(MqttConnectReturnCode code) {
        ClientFixture fixture = ClientFixture.started(0);
        fixture.opened();
        assertThat(fixture.connectVersion()).isEqualTo(5);
        fixture.connAck(code, MqttProperties.NO_PROPERTIES);
        assertThat(fixture.events).endsWith(new MqttEvent.Close(), new MqttEvent.Open());
        fixture.comeUp();
        assertThat(fixture.connectVersion()).isEqualTo(4);
        assertThat(fixture.events(MqttEvent.State.class)).containsExactly(new MqttEvent.State(true, ""));
    }

    @Test
    void triesVersion3WhenTheBrokerHangsUpAndThen5Again() {
        ClientFixture fixture = ClientFixture.started(0);
        for (int version : new int[] {5, 4, 5, 4}) {
            fixture.opened();
            assertThat(fixture.connectVersion()).isEqualTo(version);
            fixture.lose("it closed the connection");
            fixture.pass(fixture.untilRetry());
        }
    }

    @Test
    void keepsTheVersionThatWorkedOnce() {
        ClientFixture fixture = ClientFixture.up(0);
        fixture.lose("reset");
        fixture.pass(fixture.untilRetry());
        fixture.opened();
        fixture.lose("it closed the connection");
        fixture.pass(fixture.untilRetry());
        fixture.opened();
        assertThat(fixture.connectVersion()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void speaksNoOtherVersionThanItWasTold(int version) {
        ClientFixture fixture = ClientFixture.started(version);
        fixture.opened();
        fixture.connAck(MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION, MqttProperties.NO_PROPERTIES);
        assertThat(fixture.lastState().advice()).contains("does not speak this version");
        fixture.pass(fixture.untilRetry());
        fixture.opened();
        assertThat(fixture.connectVersion()).isEqualTo(version == 3 ? 4 : 5);
    }

    @Test
    void advisesAboutCredentials() {
        ClientFixture anonymous = ClientFixture.started(3);
        anonymous.opened();
        anonymous.connAck(MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED, MqttProperties.NO_PROPERTIES);
        assertThat(anonymous.lastState().advice()).contains("give user and password");

        ClientFixture named = new ClientFixture("mqtt://eve:hunter2@broker.example", 5);
        named.client.start(named.now);
        named.opened();
        MqttProperties reason = new MqttProperties();
        reason.add(new MqttProperties.StringProperty(MqttProperties.REASON_STRING, "no\nway"));
        named.connAck(MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD, reason);
        assertThat(named.lastState().advice()).contains("check user name and password").contains("eve").contains("no way")
                .doesNotContain("hunter2");
    }

    @Test
    void advisesAboutASubscriptionThatIsRefused() {
        ClientFixture fixture = ClientFixture.started(3);
        fixture.opened();
        fixture.accept(MqttProperties.NO_PROPERTIES);
        fixture.receive(new MqttSubAckMessage(
                MqttMessageBuilders.subAck().packetId(1).build().fixedHeader(),
                MqttMessageIdVariableHeader.from(1),
                new MqttSubAckPayload(0x80)));
        assertThat(fixture.lastState()).matches(state -> !state.up() && state.advice().contains("does not let us listen"));
    }

    @Test
    void goesAwayFromABrokerThatBreaksTheProtocol() {
        List<MqttMessage> breaches = List.of(
                MqttMessageFactory.newInvalidMessage(new IllegalArgumentException("rubbish")),
                MqttMessage.PINGREQ,
                MqttMessageBuilders.connAck().returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED).build(),
                MqttMessageBuilders.subAck().packetId(1).addGrantedQos(MqttQoS.AT_LEAST_ONCE).build(),
                MqttMessageBuilders.publish().topicName(ClientFixture.TOPIC).messageId(3).qos(MqttQoS.EXACTLY_ONCE)
                        .payload(Unpooled.EMPTY_BUFFER).build());
        for (MqttMessage breach : breaches) {
            ClientFixture fixture = ClientFixture.up(5);
            fixture.receive(breach);
            assertThat(fixture.lastState().up()).as(breach.toString()).isFalse();
            assertThat(fixture.events(MqttEvent.Close.class)).hasSize(1);
        }
    }

    @Test
    void saysGoodbyeAndNothingAfterIt() {
        ClientFixture fixture = ClientFixture.up(5);
        CompletableFuture<Void> result = fixture.send("hello");
        fixture.client.close();
        fixture.client.close();
        fixture.drain();
        assertThat(fixture.count(MqttMessageType.DISCONNECT)).isEqualTo(1);
        assertThat(fixture.events(MqttEvent.Close.class)).hasSize(1);
        assertThat(result).isCompletedExceptionally();
        assertThat(fixture.send("again")).isCompletedExceptionally();
        assertThat(fixture.client.nextTimeout()).isEqualTo(Machine.NEVER);
        fixture.lose("closed");
        assertThat(fixture.client.nextTimeout()).isEqualTo(Machine.NEVER);
    }
}
