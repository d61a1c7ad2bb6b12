package io.natconnector.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the broker does with those who want too much, or speak no MQTT. */
class BrokerLimitsTest {
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

    @Test
    void cutsWhoAcknowledgesNothing() {
        with(BrokerOptions.defaults().maxPending(100_000));
        BrokerWire lazy = client(5, "lazy");
        lazy.subscribe("t", 1);
        BrokerWire busy = client(5, "busy");
        for (int i = 0; i < 300 && lazy.isOpen(); i++) {
            busy.publish("t", "x".repeat(1000), 1, false);
            lazy.all();                                        // read, and not acknowledged
        }
        assertThat(lazy.isOpen()).isTrue();                    // 256 in flight and 44 waiting, each of 1 kB
        for (int i = 0; i < 100 && lazy.isOpen(); i++) {
            busy.publish("t", "x".repeat(1000), 1, false);
        }
        assertThat(lazy.isOpen()).isFalse();
        assertThat(busy.isOpen()).isTrue();
        assertThat(hub.statistics().cut()).isEqualTo(1);
    }

    @Test
    void sendsNoMoreAtOnceThanTheClientTakes() {
        MqttProperties two = new MqttProperties();
        two.add(new MqttProperties.IntegerProperty(MqttProperties.RECEIVE_MAXIMUM, 2));
        BrokerWire slow = keep(new BrokerWire(hub, 5));
        slow.connect(slow.connecting("slow").properties(two).build());
        slow.subscribe("t", 1);
        BrokerWire busy = client(5, "busy");
        for (int i = 0; i < 5; i++) {
            busy.publish("t", "message " + i, 1, false);
        }
        List<String> heard = new ArrayList<>();
        for (int expected : new int[] {2, 2, 1}) {
            List<MqttMessage> batch = slow.all();
            assertThat(batch).hasSize(expected);
            batch.forEach(message -> heard.add(BrokerWire.text((MqttPublishMessage) message)));
            batch.forEach(message -> slow.acknowledge((MqttPublishMessage) message));
        }
        assertThat(heard).containsExactly("message 0", "message 1", "message 2", "message 3", "message 4");
    }

    @Test
    void allowsABoundedNumberOfSubscriptions() {
        with(BrokerOptions.defaults().maxSubscriptions(2));
        for (int version : new int[] {5, 3}) {
            BrokerWire wire = client(version, "a" + version);
            assertThat(wire.subscribe("one", 0).payload().reasonCodes()).containsExactly(0);
            assertThat(wire.subscribe("two", 0).payload().reasonCodes()).containsExactly(0);
            assertThat(wire.subscribe("two", 1).payload().reasonCodes()).containsExactly(1);
            assertThat(wire.subscribe("three", 0).payload().reasonCodes()).containsExactly(version == 5 ? 0x97 : 0x80);
            assertThat(wire.subscribe("a#", 0).payload().reasonCodes()).containsExactly(version == 5 ? 0x8F : 0x80);
            assertThat(wire.subscribe("$share/g/t", 0).payload().reasonCodes()).containsExactly(version == 5 ? 0x9E : 0x80);
        }
    }

    @Test
    void endsConnectionsThatBreakTheProtocolAndSaysWhy() {
        MqttProperties alias = new MqttProperties();
        alias.add(new MqttProperties.IntegerProperty(MqttProperties.TOPIC_ALIAS, 1));
        BrokerWire wire = client(5, "alias");
        wire.publish("t", "x", 0, false, alias);
        assertThat(wire.disconnectReason()).isEqualTo(0x94);

        wire = client(5, "qos2");
        wire.publish("t", "x", 2, false);
        assertThat(wire.disconnectReason()).isEqualTo(0x9B);

        wire = client(5, "empty topic");
        wire.publish("", "x", 0, false);
        assertThat(wire.disconnectReason()).isEqualTo(0x90);

        wire = client(5, "twice");
        wire.send(wire.connecting("twice").build());
        assertThat(wire.disconnectReason()).isEqualTo(0x82);

        wire = client(5, "too long");
        wire.publish("t", "x".repeat(70_000), 0, false);
        assertThat(wire.disconnectReason()).isEqualTo(0x81);
        assertThat(hub.statistics().cut()).isEqualTo(5);
        assertThat(hub.statistics().clients()).isZero();
    }

    @Test
    void answersAVersionItDoesNotKnowAsVersion3Would() {
        BrokerWire wire = keep(new BrokerWire(hub, 3));
        wire.sendBytes(Unpooled.wrappedBuffer(HexFormat.of().parseHex(
                "100d" + "00044d515454" + "09" + "02" + "003c" + "0001" + "61")));
        MqttConnAckMessage answer = (MqttConnAckMessage) wire.next();
        assertThat(answer.variableHeader().connectReturnCode())
                .isEqualTo(MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION);
        assertThat(wire.isOpen()).isFalse();
    }

    /** Lengths that lie, before and after the client has said who it is: nothing waits for bytes that a limit forbids. */
    @ParameterizedTest
    @ValueSource(strings = {
        "10ffffff7f",                                          // CONNECT of 256 MiB
        "30ffffff7f",                                          // PUBLISH of 256 MiB
        "10ffffffffff",                                        // a length that never ends
        "101000044d5154540502003cffffff7f0000000000",          // CONNECT whose properties are longer than itself
        "300800017400ffffff7f",                                // a topic and properties longer than the packet
        "8204000100ff",                                        // SUBSCRIBE whose filter is longer than itself
        "00", "f000", "ffff"})
    void endsConnectionsWhoseLengthsLie(String hex) {
        BrokerWire stranger = keep(new BrokerWire(hub, 5));
        BrokerWire known = client(5, "known");
        for (BrokerWire wire : List.of(stranger, known)) {
            wire.sendBytes(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
            for (int i = 0; i < 20 && wire.isOpen(); i++) {
                wire.sendBytes(Unpooled.wrappedBuffer(new byte[10_000]));
            }
            assertThat(wire.isOpen()).isFalse();
        }
    }

    @Test
    void survivesRubbish() {
        Random random = Seeds.random(BrokerLimitsTest.class);
        int ended = 0;
        for (int round = 0; round < 2000; round++) {
            int version = random.nextBoolean() ? 5 : 3;
            BrokerWire wire = round % 2 == 0 ? new BrokerWire(hub, version) : BrokerWire.connected(hub, version, "r");
            byte[] rubbish = new byte[random.nextInt(200)];
            random.nextBytes(rubbish);
            if (rubbish.length > 1) {
                rubbish[0] = (byte) (random.nextInt(16) << 4 | (random.nextBoolean() ? 2 : 0));
                rubbish[1] = (byte) random.nextInt(rubbish.length);
            }
            wire.sendBytes(Unpooled.wrappedBuffer(rubbish));
            ended += wire.isOpen() ? 0 : 1;
            wire.server.checkException();
            wire.close();
        }
        assertThat(ended).isGreaterThan(1000);
        assertThat(hub.statistics().clients()).isZero();
    }
}
