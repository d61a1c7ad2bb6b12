package io.natconnector.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The client's machine behind the real codec: what a broker may send, byte for byte. */
class MqttLinkTest {
    private final ClientFixture fixture = ClientFixture.started(0);
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new MqttDecoder(MqttPackets.MAX_PACKET, 64, true), MqttEncoder.INSTANCE);

    private void receive(String hex) {
        receive(HexFormat.of().parseHex(hex));
    }

    private void receive(byte[] bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        for (MqttMessage message = channel.readInbound(); message != null; message = channel.readInbound()) {
            fixture.receive(message);
        }
    }

    private void open() {
        fixture.opened();
        fixture.sent.forEach(channel::writeOutbound);
        fixture.sent.clear();
        for (Object bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            ReferenceCountUtil.release(bytes);
        }
    }

    @Test
    void fallsBackWhenABrokerOfVersion3AnswersInItsOwnForm() {
        open();
        receive("20020001");
        assertThat(fixture.events(MqttEvent.State.class)).as("that is too short for version 5: the codec waits for more").isEmpty();
        fixture.lose("it closed the connection");              // which the broker does next
        fixture.pass(fixture.untilRetry());
        fixture.opened();
        assertThat(fixture.connectVersion()).isEqualTo(4);
    }

    @Test
    void comesUpWithABrokerOfVersion5() {
        open();
        receive("20 03 00 00 00".replace(" ", ""));
        receive("90 04 0001 00 01".replace(" ", ""));
        assertThat(fixture.lastState().up()).isTrue();
    }

    @Test
    void goesAwayFromABrokerThatSendsTooMuch() {
        open();
        receive("2003000000");
        receive("900400010001");
        receive("30ffff7f");
        receive(new byte[200]);
        assertThat(fixture.lastState().up()).isFalse();
    }

    @Test
    void survivesRubbish() {
        Random random = Seeds.random(MqttLinkTest.class);
        int ended = 0;
        for (int round = 0; round < 2000; round++) {
            MqttLinkTest broker = new MqttLinkTest();
            broker.open();
            if (round % 2 == 0) {
                broker.receive("2003000000");
                broker.receive("900400010001");
            }
            byte[] rubbish = new byte[random.nextInt(2, 200)];
            random.nextBytes(rubbish);
            rubbish[0] = (byte) (random.nextInt(16) << 4 | (random.nextBoolean() ? 2 : 0));
            rubbish[1] = (byte) random.nextInt(rubbish.length);
            broker.receive(rubbish);
            ended += broker.fixture.events(MqttEvent.Close.class).size();
            broker.channel.finishAndReleaseAll();
        }
        assertThat(ended).isGreaterThan(500);
    }
}
