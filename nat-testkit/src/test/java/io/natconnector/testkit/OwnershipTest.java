package io.natconnector.testkit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whose a payload is, and that every one of them ends. */
@ExtendWith(VirtualInternetExtension.class)
class OwnershipTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final List<ByteBuf> given = new ArrayList<>();

    @VirtualInternetTest(seeds = 20)
    void everyPayloadIsReleasedWhateverBecomesOfIt(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.PORT_RESTRICTED, NatProfile.SYMMETRIC_RANDOM);
        peers.natA().uplink().delay(ofMillis(20)).jitter(ofMillis(10)).loss(0.2).duplication(0.2).reordering(0.2).mtu(600)
                .rate(500_000).queue(ofMillis(20));
        peers.bob().firewall(Behavior.ADDRESS_DEPENDENT);
        VirtualSocket server = peers.stun().socket(3478).echo();
        VirtualSocket alice = peers.alice().socket(5000);
        VirtualSocket bob = peers.bob().socket(5000);
        for (int i = 0; i < 200; i++) {
            alice.send(server.address(), payload(i * 4));
            bob.send(server.address(), payload(i));
            bob.send(new InetSocketAddress("198.51.100.1", 5000), payload(i));
            alice.send(peers.bob().endpoint(1), payload(i));
            alice.send(InetSocketAddress.createUnresolved("nowhere", 1), payload(i));
            net.runFor(ofMillis(1));
        }
        assertThat(net.count(Fate.LOST) + net.count(Fate.DELIVERED)).isPositive();
        assertThat(given).as("still under way").anyMatch(payload -> payload.refCnt() > 0);

        net.close();

        assertThat(given).hasSize(1_000).allMatch(payload -> payload.refCnt() == 0);
        assertThat(allocator.metric().usedHeapMemory()).as("duplicates, too").isZero();
    }

    @VirtualInternetTest
    void everyDatagramMeetsExactlyOneFate(VirtualInternet net) {
        TwoPeers peers = TwoPeers.apart(net, NatProfile.PORT_RESTRICTED, NatProfile.SYMMETRIC_RANDOM);
        peers.natA().uplink().loss(0.3);
        VirtualSocket server = peers.stun().socket(3478).echo();
        VirtualSocket alice = peers.alice().socket(5000);
        for (int i = 0; i < 500; i++) {
            alice.send(i % 3 == 0 ? peers.bob().endpoint(7) : server.address(), payload(10));
        }
        net.runFor(ofSeconds(1));

        long ended = 0;
        for (Fate fate : Fate.values()) {
            ended += net.count(fate);
        }
        assertThat(ended).isEqualTo(peers.alice().sent() + peers.stun().sent());
    }

    @VirtualInternetTest
    void aForwardedPayloadIsNotCopied(VirtualInternet net) {
        VirtualSocket echo = net.host("server", "203.0.113.1").socket(7).echo();
        List<ByteBuf> back = new ArrayList<>();
        VirtualSocket alice = net.host("alice", "198.51.100.1").socket(5000).onReceive((from, payload) -> back.add(payload));
        ByteBuf sent = payload(100);

        alice.send(echo.address(), sent);
        net.runFor(ofMillis(1));

        assertThat(back).hasSize(1);
        assertThat(back.get(0)).isSameAs(sent);
        assertThat(sent.refCnt()).isZero();
    }

    @Test
    void aDuplicatedPayloadIsIndependentOfItsTwin() {
        try (VirtualInternet net = new VirtualInternet(1)) {
            List<Integer> firstBytes = new ArrayList<>();
            VirtualSocket bob = net.host("bob", "203.0.113.1").socket(7).onReceive((from, payload) -> {
                firstBytes.add((int) payload.getByte(0));
                payload.setByte(0, 99);                        // as a machine that decrypts in place would
            });
            Host alice = net.host("alice", "198.51.100.1");
            alice.uplink().duplication(1);
            alice.socket(5000).send(bob.address(), Unpooled.buffer().writeByte(1));
            net.runFor(ofMillis(1));
            assertThat(firstBytes).containsExactly(1, 1);
        }
    }

    @VirtualInternetTest
    void aMachineThatReleasesABorrowedPayloadIsFound(VirtualInternet net) {
        Host bob = net.host("bob", "203.0.113.1");
        bob.bind(new Greedy(), 7);
        net.host("alice", "198.51.100.1").socket(5000).send(bob.endpoint(7), "mine");

        assertThatIllegalStateException().isThrownBy(() -> net.runFor(ofMillis(1))).withMessageContaining("borrowed");
    }

    private ByteBuf payload(int size) {
        ByteBuf payload = allocator.heapBuffer(Math.max(1, size)).writeZero(size);
        given.add(payload);
        return payload;
    }

    private static final class Greedy implements Machine {
        private final Queue<Datagram> none = new ArrayDeque<>();

        @Override
        public boolean receive(Datagram datagram, long now) {
            datagram.payload().release();
            return true;
        }

        @Override
        public void handleTimeout(long now) { }

        @Override
        public long nextTimeout() {
            return NEVER;
        }

        @Override
        public Datagram pollTransmit() {
            return none.poll();
        }
    }
}
