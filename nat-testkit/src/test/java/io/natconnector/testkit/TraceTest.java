package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VirtualInternetExtension.class)
class TraceTest {
    private static final TransactionId ID = new TransactionId(0x01020304, 0x05060708090a1f3aL);

    @VirtualInternetTest
    void tellsEachPacketsWayTranslationsAndFate(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.PORT_RESTRICTED, NatProfile.CONE);
        peers.natA().uplink().delay(ofMillis(25));
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket stun = peers.stun().socket(3478);
        net.at(ofMillis(1), () -> alice.send(stun.address(), "hello"));
        net.at(ofMillis(2), () -> stun.send(new InetSocketAddress("198.51.100.1", 5000), "too early"));
        net.at(ofMillis(100), () -> peers.natA().reboot());
        net.runFor(ofMillis(200));
        stun.send(new InetSocketAddress("198.51.100.1", 5000), "too late");

        assertThat(net.trace().lines()).containsExactly(
                "      1.000 ms  alice -> natA -> stun         10.0.1.2:5000 > 203.0.113.10:3478, natA from 198.51.100.1:5000"
                        + "  5 B  \"hello\"  delivered after 25.000 ms",
                "      2.000 ms  stun -> natA -> alice         203.0.113.10:3478 > 198.51.100.1:5000, natA to 10.0.1.2:5000"
                        + "  9 B  \"too early\"  delivered after 25.000 ms",
                "    100.000 ms  -- natA reboots",
                "    200.000 ms  stun                          203.0.113.10:3478 > 198.51.100.1:5000"
                        + "  8 B  \"too late\"  under way");
        net.runFor(ofMillis(100));
        assertThat(net.trace().lines().get(3)).startsWith("    200.000 ms  stun -> natA ")
                .endsWith("no mapping at natA after 25.000 ms");
    }

    @VirtualInternetTest
    void namesWhatIsInside(VirtualInternet net) {
        VirtualSocket alice = net.host("alice", "198.51.100.1").socket(5000);
        InetSocketAddress to = new InetSocketAddress("203.0.113.1", 9);
        alice.send(to, StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, ID).put(StunAttribute.SOFTWARE, "x").fingerprint());
        alice.send(to, StunWriter.write(StunMethod.BINDING, StunClass.SUCCESS, ID)
                .put(StunAttribute.XOR_MAPPED_ADDRESS, new InetSocketAddress("198.51.100.1", 5000)).end());
        alice.send(to, Unpooled.buffer().writeShort(0x4001).writeShort(5).writeZero(8));
        alice.send(to, Unpooled.buffer().writeZero(1000));
        alice.send(to, "x".repeat(100));
        alice.send(to, Unpooled.EMPTY_BUFFER);
        alice.send(to, StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, ID).put(StunAttribute.FINGERPRINT, 1).end());

        List<String> lines = net.trace().lines();
        assertThat(lines.get(0)).contains("36 B  BINDING REQUEST SOFTWARE").contains("#1f3a");
        assertThat(lines.get(1)).contains("BINDING SUCCESS XOR-MAPPED-ADDRESS").contains("mapped=198.51.100.1:5000");
        assertThat(lines.get(2)).contains("12 B  ChannelData 0x4001 5 B");
        assertThat(lines.get(3)).contains("1000 B  data");
        assertThat(lines.get(4)).contains("100 B  \"xxxxxxxxxxxxxxxxxxxxxxxx...\"");
        assertThat(lines.get(5)).contains("0 B  data");
        assertThat(lines.get(6)).contains("malformed STUN: bad fingerprint");
    }

    @VirtualInternetTest
    void marksDuplicates(VirtualInternet net) {
        Host alice = net.host("alice", "198.51.100.1");
        alice.uplink().duplication(1);
        alice.socket(5000).send(net.host("bob", "198.51.100.2").socket(6000).address(), "twice");
        net.runFor(ofMillis(1));

        assertThat(net.trace().lines()).hasSize(2).anyMatch(line -> line.contains("duplicate, delivered"));
    }

    @VirtualInternetTest
    void keepsTheLastLinesOnly(VirtualInternet net) {
        VirtualSocket alice = net.host("alice", "198.51.100.1").socket(5000);
        net.trace().keep(3);
        for (int i = 0; i < 10; i++) {
            alice.send(new InetSocketAddress("203.0.113.1", 9), "number " + i);
        }
        assertThat(net.trace().lines()).hasSize(3).element(0).asString().contains("number 7");
        assertThat(net.trace().toString()).startsWith("(7 earlier lines not kept)");
        net.trace().keep(0);
        alice.send(new InetSocketAddress("203.0.113.1", 9), "unseen");
        assertThat(net.trace().lines()).isEmpty();
    }

    @VirtualInternetTest
    void theReportTellsEachNodesCountsAndMappings(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.PORT_RESTRICTED, NatProfile.OPEN);
        peers.alice().socket(5000).send(peers.stun().endpoint(3478), "nobody listens");
        net.runFor(ofMillis(1));

        assertThat(net.report()).isEqualTo("natA: 1 mappings [198.51.100.1:5000 = 10.0.1.2:5000]\nstun: 1 no socket\n");
    }
}
