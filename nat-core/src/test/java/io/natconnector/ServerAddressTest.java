package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.natconnector.stun.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {
    @ParameterizedTest
    @CsvSource({
        "stun.example.org, stun.example.org, 3478",
        "stun:stun.example.org, stun.example.org, 3478",
        "STUN:stun.example.org:19302, stun.example.org, 19302",
        "192.0.2.1:3479, 192.0.2.1, 3479",
        "stun:[2001:db8::1]:3479, 2001:db8::1, 3479",
        "[2001:db8::1], 2001:db8::1, 3478",
        "localhost, localhost, 3478",
        "my_host, my_host, 3478",
    })
    void readsUrisAndPlainAddresses(String text, String host, int port) {
        ServerAddress server = ServerAddress.stun(text);

        assertThat(server.host()).isEqualTo(host);
        assertThat(server.port()).isEqualTo(port);
    }

    @Test
    void readsRelaysAndKeepsThePasswordToItself() {
        ServerAddress relay = ServerAddress.relay("turn:relay.example.org?transport=udp", "alice", "secret");

        assertThat(relay.port()).isEqualTo(3478);
        assertThat(relay.kind()).isEqualTo(ServerReport.Kind.RELAY);
        assertThat(relay).hasToString("relay.example.org:3478");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stun:", "stun://stun.example.org", "http://stun.example.org", "a b", "host:0", "host:65536", "host:x",
        "2001:db8::1", "turn:host", "host..example", "stun:host/path", "-host", "host:1:2"})
    void saysWhatWasExpected(String text) {
        assertThatThrownBy(() -> ServerAddress.stun(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected stun:HOST[:PORT]").hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stun:stun.example.org?transport=udp", "stuns:stun.example.org"})
    void aStunServerIsAskedOverUdpAlone(String text) {
        assertThatThrownBy(() -> ServerAddress.stun(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("over UDP alone").hasMessageContaining(text);
    }

    @ParameterizedTest
    @CsvSource({
        "turn:relay.example.org, UDP, 3478",
        "turn:relay.example.org?transport=tcp, TCP, 3478",
        "turns:relay.example.org, TLS, 5349",
        "turns:relay.example.org:443?transport=tcp, TLS, 443",
        "turns:relay.example.org?transport=udp, DTLS, 5349",
    })
    void aRelaysUriSaysWhatCarriesTheMessages(String text, Transport transport, int port) {
        ServerAddress relay = ServerAddress.relay(text, "alice", "secret");

        assertThat(relay.transport()).isEqualTo(transport);
        assertThat(relay.port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"turn:relay.example.org?transport=tls", "turn:relay.example.org?transport=sctp", "turn:?transport=tcp"})
    void saysHowARelayIsNamed(String text) {
        assertThatThrownBy(() -> ServerAddress.relay(text, "alice", "secret")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HOST[:PORT]").hasMessageContaining(text);
    }

    @Test
    void aRelayNeedsAUser() {
        assertThatThrownBy(() -> ServerAddress.relay("turn:relay.example.org", "", "secret"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("user name");
    }
}
