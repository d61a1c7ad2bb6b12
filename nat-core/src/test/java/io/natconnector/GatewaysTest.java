package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Finding the gateway. */
class GatewaysTest {
    private static final String HEADER = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

    @Test
    void isTheDefaultRouteOfTheInterfaceWithTheLeastMetric() throws UnknownHostException {
        assumeThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        List<String> table = List.of(HEADER,
                "eth0\t00000000\t0101000A\t0003\t0\t0\t100\t00000000\t0\t0\t0",
                "wlan0\t00000000\t0102000A\t0003\t0\t0\t600\t00000000\t0\t0\t0",
                "wlan0\t00000000\tFE02000A\t0003\t0\t0\t300\t00000000\t0\t0\t0",
                "eth0\t0001000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
                "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0");

        assertThat(Gateways.inTable(table, "eth0")).contains(InetAddress.getByName("10.0.1.1"));
        assertThat(Gateways.inTable(table, "wlan0")).contains(InetAddress.getByName("10.0.2.254"));
        assertThat(Gateways.inTable(table, "tun0")).as("a route without a gateway").isEmpty();
        assertThat(Gateways.inTable(table, "eth1")).isEmpty();
        assertThat(Gateways.inTable(List.of(HEADER, "eth0"), "eth0")).isEmpty();
    }

    @Test
    void elsewhereIsGuessedToBeTheFirstAddressOfTheSubnet() throws UnknownHostException {
        assertThat(Gateways.guess(InetAddress.getByName("192.168.178.23"), 24)).contains(InetAddress.getByName("192.168.178.1"));
        assertThat(Gateways.guess(InetAddress.getByName("10.1.2.3"), 16)).contains(InetAddress.getByName("10.1.0.1"));
        assertThat(Gateways.guess(InetAddress.getByName("192.168.178.1"), 24)).as("that is us").isEmpty();
        assertThat(Gateways.guess(InetAddress.getByName("10.1.2.3"), 32)).isEmpty();
    }

    @Test
    void publicAndLoopbackAddressesHaveNone() throws UnknownHostException {
        assertThat(Gateways.of(InetAddress.getByName("127.0.0.1"))).isEmpty();
        assertThat(Gateways.of(InetAddress.getByName("198.51.100.1"))).isEmpty();
        assertThat(Gateways.of(InetAddress.getByName("::1"))).isEmpty();
        assertThat(Gateways.isPrivate(InetAddress.getByName("100.64.0.2"))).isTrue();
        assertThat(Gateways.isPrivate(InetAddress.getByName("100.128.0.2"))).isFalse();
        assertThat(Gateways.isPrivate(InetAddress.getByName("172.20.0.2"))).isTrue();
    }
}
