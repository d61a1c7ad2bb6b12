package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption.RetainedHandlingPolicy;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerSessionTest {
    private long now = 5_000_000_000L;
    private BrokerHub hub = new BrokerHub(BrokerOptions.defaults(), () -> now);
    private final List<BrokerWire> wires = new ArrayList<>();

    @AfterEach
    void closeWires() {
        wires.forEach(BrokerWire::close);
    }

    private void with(BrokerOptions options) {
        hub = new BrokerHub(options, () -> now);
    }

    private BrokerWire client(int version, String id) {
        return keep(BrokerWire.connected(hub, version, id));
    }

    private BrokerWire keep(BrokerWire wire) {
        wires.add(wire);
        return wire;
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "5, 3", "3, 5", "3, 3"})
    void carriesMessagesBetweenVersions(int from, int to) {
        BrokerWire publisher = client(from, "a");
        BrokerWire subscriber = client(to, "b");
        subscriber.subscribe("words/+", 1);
        publisher.publish("words/x", "hello", 1, false);

        assertThat(publisher.next().fixedHeader().messageType()).isEqualTo(MqttMessageType.PUBACK);
        MqttPublishMessage message = subscriber.nextPublish();
        assertThat(BrokerWire.text(message)).isEqualTo("hello");
        assertThat(message.variableHeader().topicName()).isEqualTo("words/x");
        assertThat(message.fixedHeader().qosLevel()).isEqualTo(MqttQoS.AT_LEAST_ONCE);
        assertThat(hub.statistics()).isEqualTo(new BrokerStatistics(2, 0, 1, 1, 0, 0));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "0, 1, 0", "1, 0, 0", "1, 1, 1", "1, 2, 1"})
    void deliversWithTheLesserQos(int published, int subscribed, int expected) {
        BrokerWire wire = client(3, "a");
        assertThat(wire.subscribe("t", subscribed).payload().reasonCodes()).containsExactly(Math.min(1, subscribed));
        wire.publish("t", "x", published, false);
        MqttPublishMessage message = (MqttPublishMessage) wire.all().stream()
                .filter(MqttPublishMessage.class::isInstance).findFirst().orElseThrow();
        assertThat(message.fixedHeader().qosLevel().value()).isEqualTo(expected);
    }

    @Test
    void deliversOnceWhenFiltersOverlap() {
        BrokerWire wire = client(5, "a");
        wire.subscribe("t/#", 0);
        wire.subscribe("t/x", 1);
        wire.subscribe("+/x", 0);
        wire.publish("t/x", "x", 1, false);
        assertThat(wire.all()).filteredOn(MqttPublishMessage.class::isInstance).singleElement()
                .matches(message -> message.fixedHeader().qosLevel() == MqttQoS.AT_LEAST_ONCE);
    }

    @Test
    void tellsVersion5WhenNobodyListens() {
        BrokerWire wire = client(5, "a");
        wire.publish("t", "x", 1, false);
        assertThat(wire.next().variableHeader().toString()).contains("reasonCode=16");
        wire.subscribe("t", 0);
        wire.publish("t", "x", 1, false);
        assertThat(wire.all().stream().map(message -> String.valueOf(message.variableHeader()))).anyMatch(
                header -> header.contains("reasonCode=0"));
    }

    @Test
    void stopsDeliveringAfterUnsubscribe() {
        BrokerWire wire = client(5, "a");
        wire.subscribe("t", 0);
        wire.send(MqttMessageBuilders.unsubscribe().messageId(9).addTopicFilter("t").addTopicFilter("never").build());
        MqttUnsubAckMessage ack = (MqttUnsubAckMessage) wire.next();
        assertThat(ack.payload().unsubscribeReasonCodes()).containsExactly((short) 0, (short) 0x11);
        wire.publish("t", "x", 0, false);
        assertThat(wire.all()).isEmpty();
    }

    @Test
    void doesNotEchoToAClientThatAsksNotTo() {
        BrokerWire wire = client(5, "a");
        wire.send(MqttMessageBuilders.subscribe().messageId(1).addSubscription("t",
                new MqttSubscriptionOption(MqttQoS.AT_MOST_ONCE, true, false, RetainedHandlingPolicy.SEND_AT_SUBSCRIBE)).build());
        wire.all();
        wire.publish("t", "x", 0, false);
        assertThat(wire.all()).isEmpty();
    }

    @Test
    void keepsRetainedMessagesForThoseWhoComeLater() {
        BrokerWire publisher = client(3, "a");
        publisher.publish("t/one", "old", 1, true);
        publisher.publish("t/one", "new", 1, true);
        publisher.publish("t/two", "other", 0, true);
        BrokerWire late = client(5, "b");
        late.subscribe("t/#", 1);
        List<MqttMessage> messages = late.all();
        assertThat(messages).allMatch(message -> message.fixedHeader().isRetain());
        assertThat(messages).extracting(message -> BrokerWire.text((MqttPublishMessage) message))
                .containsExactlyInAnyOrder("new", "other");

        publisher.publish("t/one", "", 1, true);
        assertThat(hub.statistics().retained()).isEqualTo(1);
    }

    @Test
    void givesRetainedMessagesAsTheSubscriptionSays() {
        BrokerWire wire = client(5, "a");
        wire.publish("t", "kept", 0, true);
        for (RetainedHandlingPolicy policy : RetainedHandlingPolicy.values()) {
            List<Integer> received = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                wire.send(MqttMessageBuilders.subscribe().messageId(1).addSubscription("t",
                        new MqttSubscriptionOption(MqttQoS.AT_MOST_ONCE, false, false, policy)).build());
                received.add((int) wire.all().stream().filter(MqttPublishMessage.class::isInstance).count());
            }
            assertThat(received).as(policy.toString()).isEqualTo(switch (policy) {
                case SEND_AT_SUBSCRIBE -> List.of(1, 1);
                case SEND_AT_SUBSCRIBE_IF_NOT_YET_EXISTS -> List.of(1, 0);
                default -> List.of(0, 0);
            });
            wire.send(MqttMessageBuilders.unsubscribe().messageId(2).addTopicFilter("t").build());
            wire.all();
        }
    }

    @Test
    void retainsNoMoreThanItMay() {
        with(BrokerOptions.defaults().maxRetained(2).maxPending(4096));
        BrokerWire wire = client(5, "a");
        wire.publish("one", "x", 1, true);
        wire.publish("two", "x", 1, true);
        wire.all();
        wire.publish("three", "x", 1, true);
        assertThat(wire.next().variableHeader().toString()).contains("reasonCode=" + (byte) 0x97);
        wire.publish("two", "x".repeat(3000), 1, true);
        assertThat(wire.next().variableHeader().toString()).as("too many bytes").contains("reasonCode=" + (byte) 0x97);
        assertThat(hub.statistics().retained()).isEqualTo(1);
    }

    @Test
    void retainsTheNewestAsOftenAsItChanges() {
        with(BrokerOptions.defaults().maxPending(4096));
        BrokerWire wire = client(5, "a");
        for (int i = 0; i < 100; i++) {
            wire.publish("t", i + "x".repeat(1000), 1, true);
            assertThat(wire.next().variableHeader().toString()).as("message %d", i).doesNotContain("reasonCode=" + (byte) 0x97);
        }
        assertThat(hub.statistics().retained()).isEqualTo(1);
    }

    @Test
    void forgetsMessagesThatExpire() {
        MqttProperties tenSeconds = new MqttProperties();
        tenSeconds.add(new MqttProperties.IntegerProperty(MqttProperties.PUBLICATION_EXPIRY_INTERVAL, 10));
        BrokerWire wire = client(5, "a");
        wire.publish("t", "x", 0, true, tenSeconds);
        now += SECONDS.toNanos(4);
        wire.subscribe("t", 0);
        MqttPublishMessage message = wire.nextPublish();
        assertThat(MqttPackets.number(message.variableHeader().properties(), MqttProperties.PUBLICATION_EXPIRY_INTERVAL, -1))
                .isEqualTo(6);
        now += SECONDS.toNanos(6);
        wire.subscribe("t", 0);
        assertThat(wire.all()).isEmpty();
        assertThat(hub.statistics().retained()).isZero();
    }

    @Test
    void passesOnWhatThePublisherSaysAboutTheMessage() {
        MqttProperties properties = new MqttProperties();
        properties.add(new MqttProperties.UserProperty("colour", "green"));
        properties.add(new MqttProperties.StringProperty(MqttProperties.RESPONSE_TOPIC, "answers"));
        BrokerWire wire = client(5, "a");
        wire.subscribe("t", 0);
        wire.publish("t", "x", 0, false, properties);
        assertThat(wire.nextPublish().variableHeader().properties().listAll().toString()).contains("green").contains("answers");
    }

    @Test
    void publishesTheWillOfWhoVanishesAndNotOfWhoSaysGoodbye() {
        BrokerWire heir = client(5, "heir");
        heir.subscribe("wills/#", 1);
        for (boolean goodbye : new boolean[] {true, false}) {
            BrokerWire dying = keep(new BrokerWire(hub, 5));
            dying.connect(dying.connecting("dying").willFlag(true).willTopic("wills/me").willQoS(MqttQoS.AT_LEAST_ONCE)
                    .willMessage("the end".getBytes(UTF_8)).build());
            if (goodbye) {
                dying.send(MqttMessage.DISCONNECT);
                assertThat(heir.all()).isEmpty();
            } else {
                dying.server.close();
                dying.isOpen();
                assertThat(BrokerWire.text(heir.nextPublish())).isEqualTo("the end");
            }
        }
    }

    @Test
    void throwsOutWhoWasThereUnderTheSameId() {
        BrokerWire first = client(5, "same");
        BrokerWire second = client(5, "same");
        assertThat(first.disconnectReason()).isEqualTo(0x8E);
        assertThat(first.isOpen()).isFalse();
        assertThat(second.isOpen()).isTrue();
        assertThat(hub.statistics().clients()).isEqualTo(1);
    }

    @Test
    void asksForThePassword() {
        with(BrokerOptions.defaults().user("alice", "right"));
        for (int version : new int[] {3, 5}) {
            assertThat(answer(version, "alice", "right")).isEqualTo(MqttConnectReturnCode.CONNECTION_ACCEPTED);
            MqttConnectReturnCode refusal = version == 5 ? MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD
                    : MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD;
            assertThat(answer(version, "alice", "wrong")).isEqualTo(refusal);
            assertThat(answer(version, "eve", "right")).isEqualTo(refusal);
            assertThat(answer(version, "eve", "\u0001")).as("what an unknown user's is compared with").isEqualTo(refusal);
            assertThat(answer(version, "alice", null)).isEqualTo(refusal);
            assertThat(answer(version, null, null)).isEqualTo(refusal);
        }
        assertThat(hub.statistics().refused()).isEqualTo(10);
    }

    private MqttConnectReturnCode answer(int version, String user, String password) {
        BrokerWire wire = keep(new BrokerWire(hub, version));
        MqttConnAckMessage answer = wire.connect(wire.connecting("c").hasUser(user != null).username(user)
                .hasPassword(password != null).password(password == null ? null : password.getBytes()).build());
        MqttConnectReturnCode code = answer.variableHeader().connectReturnCode();
        assertThat(wire.isOpen()).isEqualTo(code == MqttConnectReturnCode.CONNECTION_ACCEPTED);
        return code;
    }

    @Test
    void givesAnIdToWhoHasNone() {
        BrokerWire wire = keep(new BrokerWire(hub, 5));
        MqttConnAckMessage answer = wire.connect(wire.connecting("").keepAlive(0).build());
        MqttProperties properties = answer.variableHeader().properties();
        assertThat(properties.getProperty(MqttProperties.ASSIGNED_CLIENT_IDENTIFIER)).isNotNull();
        assertThat(MqttPackets.number(properties, MqttProperties.SERVER_KEEP_ALIVE, -1)).isEqualTo(600);

        BrokerWire old = keep(new BrokerWire(hub, 3));
        assertThat(old.connect(old.connecting("").cleanSession(false).build()).variableHeader().connectReturnCode())
                .isEqualTo(MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED);
    }

    @Test
    void cutsWhoFallsSilentAfterOneAndAHalfKeepAlives() {
        BrokerWire wire = client(5, "a");                      // keep-alive 40 s
        for (int i = 0; i < 10; i++) {
            pass(wire, 40_000);
            wire.send(MqttMessage.PINGREQ);
            assertThat(wire.next().fixedHeader().messageType()).isEqualTo(MqttMessageType.PINGRESP);
        }
        pass(wire, 49_999);
        assertThat(wire.isOpen()).isTrue();
        pass(wire, 10_001);
        assertThat(wire.isOpen()).isFalse();
        assertThat(wire.disconnectReason()).isEqualTo(0x8D);
    }

    @Test
    void refusesWhoDoesNotSayWhoItIs() {
        BrokerWire silent = keep(new BrokerWire(hub, 5));
        pass(silent, 9_999);
        assertThat(silent.isOpen()).isTrue();
        pass(silent, 1);
        assertThat(silent.isOpen()).isFalse();

        BrokerWire rude = keep(new BrokerWire(hub, 5));
        rude.send(MqttMessage.PINGREQ);
        assertThat(rude.isOpen()).isFalse();
        assertThat(hub.statistics().refused()).isEqualTo(2);
    }

    private static void pass(BrokerWire wire, long millis) {
        wire.server.advanceTimeBy(millis, MILLISECONDS);
        wire.server.runScheduledPendingTasks();
    }
}
