package io.natconnector.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerPolicyTest {
    private static InetAddress ip(String text) {
        return RelayBench.address(text, 1).getAddress();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "198.51.100.1",
        "2600::1", "2001:200::1", "2003::1", "2a00::1"})
    void permitsPublicAddresses(String address) {
        assertThat(PeerPolicy.PUBLIC_ONLY.permits(ip(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "172.16.0.0",
        "172.31.255.255", "192.168.255.255", "198.18.0.0", "198.19.255.255", "224.0.0.0", "255.255.255.255",
        "::", "::1", "64:ff9b::808:808", "2001::1", "2001:1ff::1", "2002::1", "fdff::1", "febf::1", "feff::1", "ff00::"})
    void forbidsSpecialAddresses(String address) {
        assertThat(PeerPolicy.PUBLIC_ONLY.permits(ip(address))).isFalse();
    }

    @Test
    void opensWhatTheOperatorAllowsAndNothingBesides() {
        PeerPolicy policy = PeerPolicy.builder().allow("10.1.0.0/16", "fd00:1::/32", "::1").build();

        assertThat(policy.permits(ip("10.1.255.255"))).isTrue();
        assertThat(policy.permits(ip("10.2.0.0"))).isFalse();
        assertThat(policy.permits(ip("fd00:1:ffff::1"))).isTrue();
        assertThat(policy.permits(ip("fd00:2::1"))).isFalse();
        assertThat(policy.permits(ip("::1"))).isTrue();
        assertThat(policy.permits(ip("::2"))).isFalse();
    }

    @Test
    void forbidsWhatTheOperatorDeniesWhateverIsAllowed() {
        PeerPolicy policy = PeerPolicy.builder().allow("10.0.0.0/8").deny("10.1.0.0/16", "8.8.8.0/24").build();

        assertThat(policy.permits(ip("10.2.0.1"))).isTrue();
        assertThat(policy.permits(ip("10.1.0.1"))).isFalse();
        assertThat(policy.permits(ip("8.8.8.8"))).isFalse();
        assertThat(policy.permits(ip("8.8.9.8"))).isTrue();
    }

    /** An address that was opened must not be reached by another name than its own. */
    @Test
    void opensNoEmbeddedAddressEvenIfAllIsAllowed() {
        PeerPolicy policy = PeerPolicy.builder().allow("0.0.0.0/0", "::/0").build();

        assertThat(policy.permits(ip("127.0.0.1"))).isTrue();
        assertThat(policy.permits(ip("fe80::1"))).isTrue();
        assertThat(policy.permits(ip("::7f00:1"))).isFalse();
        assertThat(policy.permits(ip("2002:7f00:1::"))).isFalse();
        assertThat(policy.permits(ip("2001:0:1::"))).isFalse();
    }

    @Test
    void opensNat64OnlyToWhereTheAddressInsideMayGo() {
        PeerPolicy policy = PeerPolicy.builder().allow("64:ff9b::/96").deny("9.9.9.9").build();

        assertThat(policy.permits(ip("64:ff9b::808:808"))).isTrue();
        assertThat(policy.permits(ip("64:ff9b::909:909"))).isFalse();
        assertThat(policy.permits(ip("64:ff9b::7f00:1"))).isFalse();
        assertThat(policy.permits(ip("64:ff9b::a00:1"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"MAPPED, ::ffff:a01:203, 10.1.2.3", "COMPATIBLE, ::a01:203, 10.1.2.3", "NAT64, 64:ff9b::a01:203, 10.1.2.3",
        "SIX_TO_FOUR, 2002:a01:203::1, 10.1.2.3", "TEREDO, 2001::f5fe:fdfc, 10.1.2.3"})
    void findsTheIpv4AddressInside(EmbeddedIpv4 kind, String address, String inside) {
        byte[] bytes = raw(address);

        assertThat(EmbeddedIpv4.of(bytes)).isEqualTo(kind);
        assertThat(kind.extract(bytes)).isEqualTo(ip(inside).getAddress());
    }

    /** Java makes IPv4 addresses of mapped ones before one can look at them. */
    private static byte[] raw(String address) {
        byte[] bytes = ip(address).getAddress();
        if (bytes.length == 4) {
            byte[] mapped = new byte[16];
            mapped[10] = -1;
            mapped[11] = -1;
            System.arraycopy(bytes, 0, mapped, 12, 4);
            return mapped;
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/x", "10.0.0.1/8", "10.0.0", "::/129",
        "fe80::1/64",
        "host.example", "10.0.0.0/8/8", "::ffff:1.2.3.4", "1.2.3.4:5"})
    void refusesABlockThatIsNotWellFormed(String block) {
        assertThatThrownBy(() -> PeerPolicy.builder().deny(block)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Compared byte by byte a prefix that ends inside a byte would leak. */
    @Test
    void matchesExactlyThePrefixWhereverItEnds() throws UnknownHostException {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 2000; round++) {
            int length = random.nextBoolean() ? 4 : 16;
            int bits = random.nextInt(1, length * 8 + 1);
            byte[] address = new byte[length];
            random.nextBytes(address);
            for (int bit = bits; bit < length * 8; bit++) {
                address[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
            }
            if (EmbeddedIpv4.of(address) != null) {
                continue;
            }
            InetAddress base = InetAddress.getByAddress(address);
            Cidr block = Cidr.parse(base.getHostAddress() + "/" + bits);
            assertThat(block.contains(address)).as(block.toString()).isTrue();
            for (int bit = 0; bit < length * 8; bit++) {
                byte[] other = address.clone();
                other[bit >> 3] ^= (byte) (0x80 >> (bit & 7));
                assertThat(block.contains(other)).as("bit " + bit + " of " + block).isEqualTo(bit >= bits);
            }
        }
    }
}
