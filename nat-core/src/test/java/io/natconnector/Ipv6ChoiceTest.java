package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class Ipv6ChoiceTest {
    private static final String TABLE = """
            20010db8000100000a0027fffe4e66a1 02 40 00 00     eth0
            20010db80001000049d1c3f5a0be1122 02 40 00 01     eth0
            20010db80001000049d1c3f5a0be3344 02 40 00 21     eth0
            fd0000000000000000000000000000aa 02 40 00 80     eth0
            fe800000000000000a0027fffe4e66a1 02 40 20 80     eth0
            not a line
            """;

    private static List<InetAddress> addresses(String... texts) {
        return Stream.of(texts).map(InetAddresses::forString).toList();
    }

    @Test
    void ofOnePrefixTheTemporaryAddressIsToldAndNeitherTheLastingNorTheDeprecatedOne() {
        List<InetAddress> all = addresses("192.0.2.1", "2001:db8:1:0:a00:27ff:fe4e:66a1", "2001:db8:1:0:49d1:c3f5:a0be:1122",
                "2001:db8:1:0:49d1:c3f5:a0be:3344", "fd00::aa");
        assertThat(Ipv6Choice.choose(all, Ipv6Choice.flags(TABLE.lines().toList())))
                .isEqualTo(addresses("192.0.2.1", "2001:db8:1:0:49d1:c3f5:a0be:1122", "fd00::aa"));
    }

    @Test
    void whereTheSystemTellsNothingAllAreTold() {
        List<InetAddress> all = addresses("2001:db8:1::1", "2001:db8:1::2", "192.0.2.1");
        assertThat(Ipv6Choice.choose(all, Map.of())).isEqualTo(all);
    }

    @Test
    void theFamiliesTakeTurns() {
        assertThat(Ipv6Choice.interleaved(addresses("2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2")))
                .isEqualTo(addresses("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"));
        assertThat(Ipv6Choice.interleaved(List.of())).isEmpty();
    }
}
