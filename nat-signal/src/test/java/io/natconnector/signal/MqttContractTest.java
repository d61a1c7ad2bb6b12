package io.natconnector.signal;

import io.natconnector.Signaling;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** The contract over the embedded broker, in both versions of MQTT, sealed and in clear. */
class MqttContractTest {
    private abstract static class OverMqtt extends SignalingContract {
        private EmbeddedBroker broker;

        @BeforeEach
        void startBroker() throws Exception {
            broker = EmbeddedBroker.start(new InetSocketAddress("127.0.0.1", 0));
        }

        @AfterEach
        void stopBroker() {
            broker.close();
        }

        @Override
        Signaling signaling() {
            return configured(MqttSignaling.to("mqtt://127.0.0.1:" + broker.port()));
        }

        abstract MqttSignaling configured(MqttSignaling plain);
    }

    @Nested
    class SealedOverVersion5 extends OverMqtt {
        @Override
        MqttSignaling configured(MqttSignaling plain) {
            return plain.secret("the secret of this test");
        }
    }

    @Nested
    class InClearOverVersion3 extends OverMqtt {
        @Override
        MqttSignaling configured(MqttSignaling plain) {
            return plain.unsealed().version(3);
        }
    }
}
