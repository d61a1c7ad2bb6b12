package io.natconnector;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterfacesTest {
    @Test
    void findsAddressesThatPeersMayReach() {
        List<InetAddress> usable = Interfaces.usable(List.of());

        assertThat(usable).isNotEmpty().doesNotHaveDuplicates().noneMatch(InetAddress::isLinkLocalAddress)
                .noneMatch(InetAddress::isAnyLocalAddress);
        // Loopback only where there is nothing else
        assertThat(usable.stream().map(InetAddress::isLoopbackAddress).distinct()).hasSize(1);
    }

    @Test
    void everythingIncludesLoopback() {
        assertThat(Interfaces.everything()).contains(InetAddress.getLoopbackAddress());
    }

    @ParameterizedTest
    @CsvSource({"192.168.1.2, true", "203.0.113.9, true", "127.0.0.1, false", "169.254.1.1, false", "0.0.0.0, false",
        "224.0.0.1, false", "2001:db8::1, true", "fd00::1, true", "fe80::1, false", "::1, false", "ff02::1, false"})
    void leavesOutWhatNoPeerCanReach(String address, boolean usable) throws Exception {
        assertThat(Interfaces.isUsable(InetAddress.getByName(address), false)).isEqualTo(usable);
    }

    @Test
    void theAddressTowardsAServerComesFirst() {
        InetSocketAddress server = new InetSocketAddress("192.0.2.1", 3478);

        assertThat(Interfaces.usable(List.of(server)).get(0)).isEqualTo(Interfaces.usable(List.of()).get(0));
    }
}
