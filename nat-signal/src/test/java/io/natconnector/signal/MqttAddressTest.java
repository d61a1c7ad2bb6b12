package io.natconnector.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttAddressTest {
    @Test
    void knowsTheUsualPorts() {
        assertThat(MqttAddress.parse("mqtt://broker.example")).isEqualTo(new MqttAddress("broker.example", 1883, false, "", ""));
        assertThat(MqttAddress.parse("mqtts://broker.example/")).isEqualTo(new MqttAddress("broker.example", 8883, true, "", ""));
        assertThat(MqttAddress.parse("MQTT://[2001:db8::1]:99")).isEqualTo(new MqttAddress("2001:db8::1", 99, false, "", ""));
    }

    @Test
    void readsUserAndPassword() {
        assertThat(MqttAddress.parse("mqtt://al:p%40ss:w+rd@h")).isEqualTo(new MqttAddress("h", 1883, false, "al", "p@ss:w+rd"));
        assertThat(MqttAddress.parse("mqtt://al@h").password()).isEmpty();
    }

    @Test
    void showsNoCredentials() {
        assertThat(MqttAddress.parse("mqtts://al:secret@h:1")).hasToString("mqtts://h:1");
        assertThat(MqttAddress.parse("mqtt://[::1]")).hasToString("mqtt://[::1]:1883");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "broker.example", "http://broker.example", "mqtt://", "mqtt:broker", "mqtt://h/path", "mqtt://h?q", "mqtt://h#f",
        "mqtt://h:0", "mqtt://h:65536", "mqtt://h:x", "mqtt://u:p%zz@h", "mqtt://al:se cret@h"})
    void refusesWhatIsNoAddressWithoutQuotingIt(String text) {
        assertThatThrownBy(() -> MqttAddress.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mqtt://broker.example.org:1883").hasNoCause().hasMessageNotContaining("se cret");
    }
}
