package io.natconnector.relay;

import static io.natconnector.relay.RelayBench.SERVER;
import static io.natconnector.relay.RelayBench.SERVER6;
import static io.natconnector.relay.RelayBench.address;
import static io.natconnector.relay.RelayBench.code;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CreatePermission and ChannelBind on the server (RFC 8656, sections 10 and 12), and whom they are refused for. */
@ExtendWith(NoLeaks.class)
class PeersTest {
    private static final InetSocketAddress PEER = address("198.51.100.7", 7000);
    private static final InetSocketAddress OTHER = address("198.51.100.8", 7000);

    private final RelayBench bench = new RelayBench();
    private final RelayBench.Asker alice = bench.asker("198.51.100.20");

    @AfterEach
    void close() {
        bench.close();
    }

    /** CVE-2018-4058, CVE-2020-26262: loopback, and what leads there. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1", "239.1.1.1",
        "255.255.255.255", "240.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "192.0.0.1",
        "192.88.99.1", "198.18.0.1"})
    void forbidsIpv4PeersThatAreNotPublic(String ip) {
        alice.allocated();

        assertThat(code(alice.permit(address(ip, 9)))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(code(alice.bind(0x4000, address(ip, 9)))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(alice.send("x", address(ip, 9))).isEmpty();
    }

    /** CVE-2026-27624 and what came after it: an IPv4 address in an IPv6 one's clothes. */
    @ParameterizedTest
    @ValueSource(strings = {"::1", "::", "::7f00:1", "::808:808", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2001:0:7f00:1::1", "2001:0:808:808::1", "fe80::1",
        "fec0::1", "fc00::1", "fd00::1", "ff02::1", "ff0e::1", "100::1"})
    void forbidsIpv6PeersThatAreNotPublic(String ip) {
        alice.allocate(writer -> writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 2));

        assertThat(code(alice.permit(address(ip, 9)))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(code(alice.bind(0x4000, address(ip, 9)))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(alice.send("x", address(ip, 9))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void forbidsIpv4PeersMappedIntoIpv6(int family) {
        alice.allocate(writer -> writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, family));
        for (int ip : new int[] {0x7F00_0001, 0x7F08_0808, 0, 0xA9FE_A9FE, 0xE000_0001}) {
            int answer = code(alice.ask(StunMethod.CREATE_PERMISSION, writer -> writer.putBytes(StunAttribute.XOR_PEER_ADDRESS,
                    masked(new int[] {0, 0, 0xFFFF, ip}, alice.last))));
            assertThat(answer).isIn(ErrorCode.FORBIDDEN, ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH);
        }
    }

    private static byte[] masked(int[] words, TransactionId id) {
        int[] mask = {0x2112_A442, id.high(), (int) (id.low() >>> 32), (int) id.low()};
        ByteBuffer value = ByteBuffer.allocate(20).putShort((short) 2).putShort((short) (9 ^ 0x2112));
        for (int i = 0; i < 4; i++) {
            value.putInt(words[i] ^ mask[i]);
        }
        return value.array();
    }

    @Test
    void allowsPublicPeers() {
        alice.allocate(writer -> writer.put(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, 2));

        assertThat(code(alice.permit(PEER, address("8.8.8.8", 53), address("2606:4700::1111", 53)))).isZero();
    }

    @Test
    void refusesPeersOfTheOtherFamily() {
        alice.allocated();
        assertThat(code(alice.permit(address("2600::7", 9)))).isEqualTo(ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH);
        assertThat(code(alice.bind(0x4000, address("2600::7", 9)))).isEqualTo(ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH);
        RelayBench.Asker six = bench.asker("2600::20");
        six.allocate(writer -> writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 2));
        assertThat(code(six.permit(PEER))).isEqualTo(ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH);
    }

    @Test
    void permitsAllPeersOfARequestOrNone() {
        alice.allocated();

        assertThat(code(alice.permit(PEER, address("127.0.0.1", 9)))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(alice.send("x", PEER)).isEmpty();
        assertThat(code(alice.permit(PEER, OTHER))).isZero();
        assertThat(alice.send("x", PEER)).hasSize(1);
        assertThat(alice.send("x", OTHER)).hasSize(1);
    }

    @Test
    void refusesARequestWithoutPeer() {
        alice.allocated();
        assertThat(code(alice.permit())).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.ask(StunMethod.CREATE_PERMISSION,
                writer -> writer.putBytes(StunAttribute.XOR_PEER_ADDRESS, new byte[] {0, 1, 0})))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.ask(StunMethod.CHANNEL_BIND, writer -> writer.put(StunAttribute.CHANNEL_NUMBER, 0x4000))))
                .isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.ask(StunMethod.CHANNEL_BIND, writer -> writer.put(StunAttribute.XOR_PEER_ADDRESS, PEER))))
                .isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.bind(0x4000, address("198.51.100.7", 0)))).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void refusesAllocationsItsOwnPortsAndAddresses() {
        alice.allocated();
        assertThat(code(alice.bind(0x4000, SERVER))).isEqualTo(ErrorCode.FORBIDDEN);
        RelayBench.Asker six = bench.asker("2600::20");
        six.allocate(writer -> writer.put(StunAttribute.REQUESTED_ADDRESS_FAMILY, 2));
        assertThat(code(six.bind(0x4000, SERVER6))).isEqualTo(ErrorCode.FORBIDDEN);
        try (RelayBench other = new RelayBench(config -> config.relay(address("203.0.113.11", 1).getAddress()))) {
            RelayBench.Asker client = other.asker("198.51.100.20").allocated();
            assertThat(code(client.permit(SERVER))).isEqualTo(ErrorCode.FORBIDDEN);
        }
    }

    /** The relay must not be talked into talking to itself, even where the operator opened its own address. */
    @Test
    void sendsNothingToItsOwnListeningPort() {
        try (RelayBench lab = new RelayBench(config -> config.peers(PeerPolicy.builder().allow("203.0.113.10").build()))) {
            RelayBench.Asker client = lab.asker("198.51.100.20").allocated();
            assertThat(code(client.permit(SERVER))).isZero();
            assertThat(client.send("x", SERVER)).isEmpty();
            assertThat(code(client.bind(0x4000, SERVER))).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(client.send("x", address("203.0.113.10", 9))).hasSize(1);
        }
    }

    /** Two clients of one relay reach each other inside it, and nothing else at its address. */
    @Test
    void carriesDataBetweenTwoOfItsAllocationsWithoutASocket() {
        alice.allocated();
        RelayBench.Asker bob = bench.asker("198.51.100.30", 5000, "bob", "hidden").allocated();
        assertThat(code(alice.permit(bob.relayed))).isZero();
        assertThat(alice.send("early", bob.relayed)).as("without bob's permission").isEmpty();
        assertThat(code(bob.bind(0x4abc, alice.relayed))).isZero();

        List<Datagram> sent = alice.send("hello", bob.relayed);

        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).to()).isEqualTo(bob.address);
        assertThat(ChannelData.channel(sent.get(0).payload())).isEqualTo(0x4abc);
        assertThat(alice.send("x", address("203.0.113.10", 9))).isEmpty();
        assertThat(alice.send("x", SERVER)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x3FFF, 0x5000, 0x7FFF, 0x8000, 0xFFFF})
    void refusesChannelNumbersOutOfRange(int number) {
        alice.allocated();
        assertThat(code(alice.bind(number, PEER))).isEqualTo(ErrorCode.BAD_REQUEST);
    }

    @Test
    void takesTheChannelNumbersOfOldWhenToldTo() {
        try (RelayBench old = new RelayBench(config -> config.oldChannels(true))) {
            RelayBench.Asker client = old.asker("198.51.100.20").allocated();
            assertThat(code(client.bind(0x7FFF, PEER))).isZero();
            assertThat(client.sendOn(0x7FFF, "x")).hasSize(1);
            assertThat(code(client.bind(0x8000, PEER))).isEqualTo(ErrorCode.BAD_REQUEST);
        }
    }

    @Test
    void bindsOneChannelToOnePeerAndOnePeerToOneChannel() {
        alice.allocated();
        assertThat(code(alice.bind(0x4001, PEER))).isZero();

        assertThat(code(alice.bind(0x4001, OTHER))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.bind(0x4002, PEER))).isEqualTo(ErrorCode.BAD_REQUEST);
        assertThat(code(alice.bind(0x4001, PEER))).isZero();
        assertThat(code(alice.bind(0x4002, address("198.51.100.7", 7001)))).isZero();

        bench.pass(ofSeconds(300));
        alice.refresh(3600);
        bench.pass(ofSeconds(301));
        assertThat(code(alice.bind(0x4001, OTHER))).as("after its time").isZero();
    }

    @Test
    void permitsAPeerTogetherWithItsChannel() {
        alice.allocated();
        alice.bind(0x4000, PEER);

        assertThat(alice.send("x", address("198.51.100.7", 1))).hasSize(1);
    }

    @Test
    void forgetsAPermissionAfterFiveMinutes() {
        alice.allocated();
        alice.permit(PEER);
        bench.pass(ofSeconds(299));
        assertThat(alice.send("x", PEER)).hasSize(1);
        assertThat(fromPeer("y")).hasSize(1);

        bench.pass(ofSeconds(1));

        assertThat(alice.send("x", PEER)).isEmpty();
        assertThat(fromPeer("y")).isEmpty();
    }

    @Test
    void forgetsAChannelAfterTenMinutes() {
        alice.allocated();
        alice.refresh(3600);
        alice.bind(0x4000, PEER);
        for (int i = 0; i < 2; i++) {
            bench.pass(ofSeconds(299));
            alice.permit(PEER);
        }
        assertThat(alice.sendOn(0x4000, "x")).hasSize(1);
        assertThat(ChannelData.is(fromPeer("y").get(0).payload())).isTrue();

        bench.pass(ofSeconds(2));

        assertThat(alice.sendOn(0x4000, "x")).isEmpty();
        assertThat(ChannelData.is(fromPeer("y").get(0).payload())).as("as an indication now").isFalse();
    }

    @Test
    void letsNothingThroughAChannelWhosePermissionHasExpired() {
        alice.allocated();
        alice.bind(0x4000, PEER);
        bench.pass(ofSeconds(301));

        assertThat(alice.sendOn(0x4000, "x")).isEmpty();
        alice.permit(PEER);
        assertThat(alice.sendOn(0x4000, "x")).hasSize(1);
    }

    @Test
    void hasAnEndOfPermissions() {
        alice.allocated();
        for (int i = 0; i < 64; i++) {
            assertThat(code(alice.permit(address("198.51.101." + i, 1)))).isZero();
        }
        assertThat(code(alice.permit(address("198.51.102.1", 1)))).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
        assertThat(code(alice.bind(0x4000, address("198.51.102.1", 1)))).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
        assertThat(code(alice.permit(address("198.51.101.5", 1)))).as("one that there is").isZero();

        bench.pass(ofSeconds(300));
        alice.refresh(600);
        assertThat(code(alice.permit(address("198.51.102.1", 1)))).as("after their time").isZero();
    }

    @Test
    void hasAnEndOfPermissionsInASingleRequest() {
        alice.allocated();
        InetSocketAddress[] many = new InetSocketAddress[65];
        for (int i = 0; i < many.length; i++) {
            many[i] = address("198.51.101." + i, 1);
        }
        assertThat(code(alice.permit(many))).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
    }

    @Test
    void hasAnEndOfChannels() {
        alice.allocated();
        for (int i = 0; i < 64; i++) {
            assertThat(code(alice.bind(0x4000 + i, address("198.51.100.7", 1000 + i)))).isZero();
        }
        assertThat(code(alice.bind(0x4F00, address("198.51.100.7", 9)))).isEqualTo(ErrorCode.INSUFFICIENT_CAPACITY);
        assertThat(code(alice.bind(0x4000, address("198.51.100.7", 1000)))).isZero();
    }

    @Test
    void forgetsAllPeersWithTheAllocation() {
        alice.allocated();
        alice.bind(0x4000, PEER);
        alice.refresh(0);
        alice.allocated();

        assertThat(alice.sendOn(0x4000, "x")).isEmpty();
        assertThat(alice.send("x", PEER)).isEmpty();
        assertThat(fromPeer("y")).isEmpty();
    }

    /** Nothing that is not signed installs anything. */
    @Test
    void installsNothingByASendIndication() {
        alice.allocated();
        TransactionId id = TransactionId.random(bench.random);
        bench.deliver(alice.address, SERVER, StunWriter.write(StunMethod.CREATE_PERMISSION, StunClass.INDICATION, id)
                .put(StunAttribute.XOR_PEER_ADDRESS, PEER).end());

        assertThat(alice.send("x", PEER)).isEmpty();
    }

    private List<Datagram> fromPeer(String text) {
        return bench.deliver(PEER, alice.relayed, RelayBench.text(text));
    }
}
