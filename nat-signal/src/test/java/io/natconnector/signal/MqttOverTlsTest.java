package io.natconnector.signal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MqttOverTlsTest {
    private static final String SECRET = "the secret of this test";

    @TempDir
    Path directory;

    private EmbeddedBroker broker(TestCertificate certificate) throws Exception {
        return EmbeddedBroker.start(new InetSocketAddress("127.0.0.1", 0), BrokerOptions.defaults()
                .tls(SslContextBuilder.forServer(certificate.key(), certificate.certificate()).build()));
    }

    private static MqttSignaling to(EmbeddedBroker broker) {
        return MqttSignaling.to("mqtts://127.0.0.1:" + broker.port()).secret(SECRET);
    }

    @Test
    void carriesWordsToABrokerWhoseCertificateIsTrusted() throws Exception {
        TestCertificate certificate = TestCertificate.in(directory, "127.0.0.1");
        Inbox alices = new Inbox();
        Inbox bobs = new Inbox();
        try (EmbeddedBroker broker = broker(certificate);
                MqttSignaling alice = to(broker).trust(certificate.pem());
                MqttSignaling bob = to(broker).trust(certificate.pem())) {
            alice.start("alice", alices);
            bob.start("bob", bobs);
            alices.awaitState(true);
            bobs.awaitState(true);
            alice.send("bob", "hello").get(Inbox.PATIENCE_SECONDS, SECONDS);
            assertThat(bobs.next().text()).isEqualTo("hello");
        }
    }

    @Test
    void doesNotTalkToABrokerThatNobodyVouchesFor() throws Exception {
        Inbox inbox = new Inbox();
        try (EmbeddedBroker broker = broker(TestCertificate.in(directory, "127.0.0.1")); MqttSignaling alice = to(broker)) {
            alice.start("alice", inbox);
            assertThat(inbox.awaitState(false).advice()).contains("TLS").contains("certification path");
            assertThat(broker.statistics().clients()).isZero();
        }
    }

    @Test
    void doesNotTalkToABrokerWithSomebodyElsesCertificate() throws Exception {
        TestCertificate elses = TestCertificate.in(directory, "127.0.0.2");
        Inbox inbox = new Inbox();
        try (EmbeddedBroker broker = broker(elses); MqttSignaling alice = to(broker).trust(elses.pem())) {
            alice.start("alice", inbox);
            assertThat(inbox.awaitState(false).advice()).contains("TLS").contains("127.0.0.1");
            assertThat(broker.statistics().clients()).isZero();
        }
    }

    @Test
    void saysWhenTheBrokerSpeaksNoTls() throws Exception {
        Inbox inbox = new Inbox();
        try (EmbeddedBroker broker = EmbeddedBroker.start(new InetSocketAddress("127.0.0.1", 0));
                MqttSignaling alice = to(broker)) {
            alice.start("alice", inbox);
            assertThat(inbox.awaitState(false).advice()).contains("no connection to the MQTT broker mqtts://");
        }
    }

    @Test
    void refusesAFileWithoutCertificates() {
        assertThatThrownBy(() -> MqttSignaling.to("mqtts://h").trust(directory.resolve("none.pem")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("none.pem");
    }
}
