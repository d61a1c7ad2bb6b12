package io.natconnector.relay;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.natconnector.relay.AllocateOptions.Families;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.testkit.VirtualSocket;
import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a client may wish of its allocation, and what comes of it. */
@ExtendWith(NoLeaks.class)
class AllocateOptionsTest {
    private final RelayStage stage = new RelayStage(1, config -> config.relay(ip("203.0.113.10")).relay(ip("2600::10")));

    AllocateOptionsTest() {
        stage.serverHost.add("2600::10");
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static InetAddress ip(String address) {
        return RelayBench.address(address, 1).getAddress();
    }

    private RelayStage.Client allocated(AllocateOptions options) {
        int number = stage.clients.size();
        RelayStage.Client client = stage.client("client" + number, "198.51.100." + (20 + number), options);
        client.start();
        stage.net.runFor(ofSeconds(1));
        assertThat(client.machine.isAllocated()).as(client.events.toString()).isTrue();
        return client;
    }

    @Test
    void carriesDataToAndFromBothFamiliesByOneAllocation() {
        RelayStage.Client client = allocated(AllocateOptions.DEFAULT.withFamilies(Families.BOTH));
        VirtualSocket peer6 = stage.net.host("peer6", "2600::7").socket(7006);
        peer6.echo();
        stage.peer.echo();

        client.send(stage.peer.address(), "four");
        client.bind(peer6.address());
        stage.net.runFor(ofMillis(100));
        client.send(peer6.address(), "six");
        stage.net.runFor(ofMillis(100));

        assertThat(client.machine.relayedAddresses()).hasSize(2);
        assertThat(client.received).containsExactly("four from 7000", "six from 7006");
        assertThat(stage.server.statistics().activeAllocations()).isEqualTo(1);
        client.close();
        stage.net.runFor(ofSeconds(1));
        assertThat(stage.server.remains()).isZero();
    }

    @Test
    void takesTheFamilyThatIsThereWhereBothAreWished() {
        try (RelayStage four = new RelayStage(2)) {
            RelayStage.Client client = four.client("client", "198.51.100.20",
                    AllocateOptions.DEFAULT.withFamilies(Families.BOTH)).start();
            four.net.runFor(ofSeconds(1));
            assertThat(client.machine.relayedAddresses()).hasSize(1);
        }
    }

    @Test
    void getsAnAddressOfTheFamilyThatItWishes() {
        assertThat(allocated(AllocateOptions.DEFAULT.withFamilies(Families.IPV6)).machine.relayed().getAddress())
                .isInstanceOf(Inet6Address.class);
    }

    /** As RTP and RTCP want them: two allocations, at two ports that follow each other. */
    @Test
    void getsAnEvenPortAndTheNextWithTheTokenForIt() {
        RelayStage.Client rtp = allocated(AllocateOptions.DEFAULT.withEvenPort(true));
        Long token = rtp.machine.reservationToken();
        assertThat(token).isNotNull();
        RelayStage.Client rtcp = allocated(AllocateOptions.DEFAULT.withReservation(token));

        assertThat(rtp.machine.relayed().getPort() & 1).isZero();
        assertThat(rtcp.machine.relayed()).isEqualTo(new InetSocketAddress(rtp.machine.relayed().getAddress(),
                rtp.machine.relayed().getPort() + 1));
        assertThat(rtcp.machine.reservationToken()).isNull();
    }

    @Test
    void getsAnEvenPortAlone() {
        RelayStage.Client client = allocated(AllocateOptions.DEFAULT.withEvenPort(false));
        assertThat(client.machine.relayed().getPort() & 1).isZero();
        assertThat(client.machine.reservationToken()).isNull();
    }

    @Test
    void knowsWhichWishesMakeNoSenseTogether() {
        assertThatIllegalArgumentException().isThrownBy(
                () -> AllocateOptions.DEFAULT.withReservation(1).withFamilies(Families.IPV6));
        assertThatIllegalArgumentException().isThrownBy(
                () -> AllocateOptions.DEFAULT.withFamilies(Families.BOTH).withEvenPort(true));
        assertThatIllegalArgumentException().isThrownBy(
                () -> new AllocateOptions(Families.ANY, false, true, null, false, false));
    }

    /** RFC 8656, section 11.5, as a relay that hears of ICMP errors tells them. */
    @Test
    void tellsThatADatagramDidNotArrive() {
        RelayStage.Client client = allocated(AllocateOptions.DEFAULT);
        client.permit(stage.peer.address());
        stage.net.runFor(ofMillis(100));
        tell(client, stage.peer.address(), 3 << 9 | 4, 1400);
        tell(client, RelayBench.address("192.0.2.99", 9), 3 << 9 | 1, 0);

        assertThat(client.events).hasSize(2).last()
                .isEqualTo(new RelayEvent.Unreachable(stage.peer.address(), 3, 4, 1400));
        assertThat(client.machine.statistics().dropped()).as("of a peer without permission").isEqualTo(1);
    }

    private void tell(RelayStage.Client client, InetSocketAddress peer, long typeAndCode, long data) {
        client.host.mutate(client.wire, now -> {
            ByteBuf indication = StunWriter.write(StunMethod.DATA, StunClass.INDICATION,
                    TransactionId.random(client.host.random())).put(StunAttribute.XOR_PEER_ADDRESS, peer)
                    .put(StunAttribute.ICMP, typeAndCode << 32 | data).end();
            client.wire.receive(Datagram.udp(stage.serverAddress, client.local, indication), now);
            indication.release();
        });
    }

    /** It is set in the request for the allocation, and with everything that is sent. */
    @Test
    void wishesThatNothingIsFragmented() {
        try (ClientBench bench = new ClientBench(AllocateOptions.DEFAULT.withDontFragment(true))) {
            StunMessage allocate = bench.signedAllocate();
            assertThat(allocate.has(StunAttribute.DONT_FRAGMENT)).isTrue();
            bench.success(allocate, ClientBench::allocation);
            bench.client.permit(ClientBench.PEER, bench.now);
            bench.success(bench.lastRequest(), writer -> { });
            ByteBuf hello = RelayBench.text("hello");
            bench.client.send(ClientBench.PEER, hello, bench.now);
            hello.release();
            StunMessage indication = bench.lastRequest();
            assertThat(indication.is(StunMethod.SEND, StunClass.INDICATION)).isTrue();
            assertThat(indication.has(StunAttribute.DONT_FRAGMENT)).isTrue();
        }
    }
}
