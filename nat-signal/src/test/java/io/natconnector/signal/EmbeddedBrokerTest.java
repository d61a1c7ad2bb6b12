package io.natconnector.signal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EmbeddedBrokerTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
    /** MQTT 3.1.1, clean session, keep-alive 60 s, client id "s". */
    private static final byte[] CONNECT = HexFormat.of().parseHex("100d00044d5154540402003c000173");
    private static final byte[] SUBSCRIBE_T = HexFormat.of().parseHex("82060001000174" + "00");

    @Test
    void takesAFreePortAndGivesItBack() throws Exception {
        EmbeddedBroker first = EmbeddedBroker.start(ANY_PORT);
        assertThat(first.port()).isPositive();
        assertThatThrownBy(() -> EmbeddedBroker.start(first.address())).isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(first.port()));
        InetSocketAddress address = first.address();
        first.close();
        assertThatCode(first::close).doesNotThrowAnyException();
        try (EmbeddedBroker second = EmbeddedBroker.start(address)) {
            assertThat(second.port()).isEqualTo(address.getPort());
        }
    }

    @Test
    void letsNoMoreClientsInThanItMay() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(ANY_PORT, BrokerOptions.defaults().maxClients(1))) {
            RawMqtt first = RawMqtt.connect(broker.port());
            try (Socket second = new Socket("127.0.0.1", broker.port())) {
                second.setSoTimeout((int) Inbox.PATIENCE_SECONDS * 1000);
                assertThat(second.getInputStream().read()).as("it is closed at once").isEqualTo(-1);
            }
            assertThat(broker.statistics().refused()).isEqualTo(1);
            assertThat(broker.statistics().clients()).isEqualTo(1);
            first.close();
        }
    }

    @Test
    void cutsWhoDoesNotReadAndServesTheOthers() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(ANY_PORT, BrokerOptions.defaults().maxPending(100_000));
                Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(broker.address());
            slow.setSoTimeout((int) Inbox.PATIENCE_SECONDS * 1000);
            slow.getOutputStream().write(CONNECT);
            assertThat(slow.getInputStream().readNBytes(4)).isEqualTo(HexFormat.of().parseHex("20020000"));
            slow.getOutputStream().write(SUBSCRIBE_T);
            assertThat(slow.getInputStream().readNBytes(5)).isEqualTo(HexFormat.of().parseHex("9003000100"));

            RawMqtt publisher = RawMqtt.connect(broker.port());
            byte[] words = "x".repeat(50_000).getBytes(UTF_8);
            int published = 0;
            while (broker.statistics().cut() == 0 && published < 2000) {
                publisher.publish("t", words);
                published++;
            }
            assertThat(broker.statistics().cut()).as("after %d messages", published).isEqualTo(1);
            assertThat(broker.statistics().clients()).isEqualTo(1);
            publisher.close();
        }
    }
}
