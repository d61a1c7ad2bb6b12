package io.natconnector.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.Transport;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a host does for machines that open sockets, and what it refuses. */
@ExtendWith(VirtualInternetExtension.class)
class SocketTest {
    private final Opener machine = new Opener();
    private VirtualInternet net;
    private Host alice;
    private Host bob;
    private Program program;

    @BeforeEach
    void stage(VirtualInternet net) {
        this.net = net;
        alice = net.host("alice", "198.51.100.1", "198.51.100.11");
        bob = net.host("bob", "198.51.100.2");
        program = alice.run(machine);
    }

    @Test
    void opensWhatIsAskedForInTheSameTurn() {
        open("198.51.100.1", 5000);
        open("198.51.100.11", 5000);
        assertThat(machine.opened).containsExactly(at("198.51.100.1", 5000), at("198.51.100.11", 5000));
    }

    @Test
    void portZeroIsAFreePortDrawnFromTheSeed() {
        open("198.51.100.1", 0);
        open("198.51.100.1", 0);
        int first = machine.opened.get(0).getPort();
        assertThat(first).isBetween(32_768, 60_999);
        assertThat(machine.opened.get(1).getPort()).isBetween(32_768, 60_999).isNotEqualTo(first);

        try (VirtualInternet again = new VirtualInternet(net.seed())) {
            assertThat(again.host("alice", "198.51.100.1").socket(0).address().getPort()).isEqualTo(first);
        }
        try (VirtualInternet other = new VirtualInternet(net.seed() + 1)) {
            assertThat(other.host("alice", "198.51.100.1").socket(0).address().getPort()).isNotEqualTo(first);
        }
    }

    @Test
    void refusesTakenPortsAndForeignAddresses() {
        open("198.51.100.1", 5000);
        open("198.51.100.1", 5000);
        open("198.51.100.2", 5000);
        for (String address : List.of("198.51.100.1", "198.51.100.1", "198.51.100.2")) {
            program.mutate(now -> machine.requests.add(
                    new SocketRequest(SocketRequest.Kind.OPEN, Transport.TCP, at(address, 5000))));
        }
        assertThat(machine.opened).containsExactly(at("198.51.100.1", 5000), null, null, at("198.51.100.1", 5000), null, null);
    }

    @Test
    void refusesMoreSocketsThanTheHostMayHave() {
        alice.maxSockets(1);
        open("198.51.100.1", 5000);
        open("198.51.100.1", 5001);
        assertThat(machine.opened).containsExactly(at("198.51.100.1", 5000), null);
    }

    @Test
    void maySpendTimeOnOpening() {
        alice.socketsTake(ofMillis(3));
        open("198.51.100.1", 5000);
        assertThat(machine.opened).isEmpty();
        net.runFor(ofMillis(3));
        assertThat(machine.opened).containsExactly(at("198.51.100.1", 5000));
    }

    @Test
    void closesAfterTheDatagramsOfTheSameTurn() {
        VirtualSocket receiver = bob.socket(6000);
        open("198.51.100.1", 5000);
        program.mutate(now -> {
            machine.requests.add(SocketRequest.closeUdp(at("198.51.100.1", 5000)));
            machine.send(at("198.51.100.1", 5000), receiver.address(), "farewell");
        });
        net.runFor(ofMillis(1));
        assertThat(receiver.receiveText()).isEqualTo("farewell");

        receiver.send(at("198.51.100.1", 5000), "too late");
        net.runFor(ofMillis(1));
        assertThat(alice.count(Fate.NO_SOCKET)).isEqualTo(1);
        open("198.51.100.1", 5000);
        assertThat(machine.opened).hasSize(2).doesNotContainNull();
    }

    @Test
    void sendsNothingFromASocketThatIsNotOpenOrNotTheMachines() {
        alice.socket(7000);
        program.mutate(now -> machine.send(at("198.51.100.1", 5000), bob.endpoint(6000), "from nowhere"));
        program.mutate(now -> machine.send(at("198.51.100.1", 7000), bob.endpoint(6000), "from another's socket"));
        assertThat(alice.count(Fate.UNSENT)).isEqualTo(2);
    }

    @Test
    void sendsNothingToWhereNothingCanBe() {
        open("198.51.100.1", 5000);
        InetSocketAddress socket = at("198.51.100.1", 5000);
        program.mutate(now -> machine.send(socket, at("198.51.100.2", 0), "to no port"));
        program.mutate(now -> machine.send(socket, at("2001:db8::2", 6000), "to the other family"));
        program.mutate(now -> machine.send(socket, InetSocketAddress.createUnresolved("bob", 6000), "to a name"));
        program.mutate(now -> machine.send(socket, at("203.0.113.99", 6000), "to an address that nobody has"));
        net.runFor(ofMillis(1));
        assertThat(net.count(Fate.NO_ROUTE)).isEqualTo(4);
    }

    @Test
    void aWildcardSocketReceivesAtEveryAddressAndSendsFromTheFirst() {
        open("0.0.0.0", 5000);
        VirtualSocket sender = bob.socket(6000);
        sender.send(at("198.51.100.1", 5000), "one");
        sender.send(at("198.51.100.11", 5000), "two");
        net.runFor(ofMillis(1));
        assertThat(machine.received).containsExactly("one at 0.0.0.0:5000", "two at 0.0.0.0:5000");

        program.mutate(now -> machine.send(at("0.0.0.0", 5000), sender.address(), "hello"));
        net.runFor(ofMillis(1));
        assertThat(sender.receive().from()).isEqualTo(at("198.51.100.1", 5000));
    }

    @Test
    void aWildcardSocketTakesThePortOfAllAddresses() {
        open("0.0.0.0", 5000);
        open("198.51.100.1", 5000);
        open("198.51.100.11", 5001);
        open("0.0.0.0", 5001);
        assertThat(machine.opened).containsExactly(at("0.0.0.0", 5000), null, at("198.51.100.11", 5001), null);
    }

    @Test
    void aHostReachesItselfWithoutItsLink() {
        alice.uplink().cut();
        VirtualSocket one = alice.socket(at("198.51.100.1", 5000));
        VirtualSocket two = alice.socket(at("198.51.100.11", 5000));
        one.send(two.address(), "to myself");
        net.runFor(ofMillis(0));
        assertThat(two.receiveText()).isEqualTo("to myself");
    }

    @Test
    void bindingWhatCannotBeBoundIsTheTestsFault() {
        alice.socket(5000);
        assertThatIllegalStateException().isThrownBy(() -> alice.socket(5000)).withMessageContaining("198.51.100.1:5000");
        assertThatIllegalStateException().isThrownBy(() -> alice.run(machine)).withMessageContaining("already");
    }

    private void open(String address, int port) {
        program.mutate(now -> machine.requests.add(SocketRequest.openUdp(at(address, port))));
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(Addresses.parse(address), port);
    }

    private static final class Opener implements SocketMachine {
        private final Queue<SocketRequest> requests = new ArrayDeque<>();
        private final Queue<Datagram> out = new ArrayDeque<>();
        private final List<InetSocketAddress> opened = new ArrayList<>();
        private final List<String> received = new ArrayList<>();

        void send(InetSocketAddress from, InetSocketAddress to, String text) {
            out.add(Datagram.udp(from, to, Unpooled.copiedBuffer(text, UTF_8)));
        }

        @Override
        public SocketRequest pollSocket() {
            return requests.poll();
        }

        @Override
        public void socketOpened(SocketRequest request, InetSocketAddress bound, long now) {
            opened.add(bound);
        }

        @Override
        public boolean receive(Datagram datagram, long now) {
            received.add(datagram.payload().toString(UTF_8) + " at " + Addresses.text(datagram.to()));
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
            return out.poll();
        }
    }
}
