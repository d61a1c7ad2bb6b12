package io.natconnector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
class MachineDriverTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final List<Loop> loops = new ArrayList<>();
    private final Parrot parrot = new Parrot();

    @AfterEach
    void end() {
        loops.forEach(Loop::end);
    }

    private MachineDriver drive(UdpTransport transport) {
        Loop loop = Loop.start("driver-test", transport);
        loops.add(loop);
        return loop.drive(parrot, now -> parrot.drained.add(now));
    }

    /** Sends back what comes in, opens and closes what it is told to. */
    private static final class Parrot implements SocketMachine {
        final Queue<SocketRequest> requests = new ArrayDeque<>();
        final Queue<Datagram> transmits = new ArrayDeque<>();
        final BlockingQueue<InetSocketAddress> opened = new LinkedBlockingQueue<>();
        final CompletableFuture<SocketRequest> refused = new CompletableFuture<>();
        final BlockingQueue<Long> drained = new LinkedBlockingQueue<>();
        final BlockingQueue<Long> timeouts = new LinkedBlockingQueue<>();
        long deadline = NEVER;
        long again = NEVER;

        @Override
        public boolean receive(Datagram datagram, long now) {
            transmits.add(datagram.reply(datagram.payload().retain()));
            return true;
        }

        @Override
        public void handleTimeout(long now) {
            if (now >= deadline) {
                timeouts.add(now);
                deadline = again;
            }
        }

        @Override
        public long nextTimeout() {
            return deadline;
        }

        @Override
        public Datagram pollTransmit() {
            return transmits.poll();
        }

        @Override
        public SocketRequest pollSocket() {
            return requests.poll();
        }

        @Override
        public void socketOpened(SocketRequest request, InetSocketAddress bound, long now) {
            if (bound == null) {
                refused.complete(request);
            } else {
                opened.add(bound);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesInReachesTheMachineAndWhatItSaysGoesOut(UdpTransport transport) throws Exception {
        MachineDriver driver = drive(transport);
        driver.run(now -> parrot.requests.add(SocketRequest.openUdp(ANY_PORT)));
        InetSocketAddress bound = parrot.opened.poll(5, SECONDS);

        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(5_000);
            byte[] longest = new byte[65_507];
            longest[65_506] = 42;
            socket.send(new DatagramPacket(longest, longest.length, bound));
            DatagramPacket back = new DatagramPacket(new byte[65_536], 65_536);
            socket.receive(back);

            assertThat(back.getLength()).isEqualTo(65_507);
            assertThat(back.getData()[65_506]).isEqualTo((byte) 42);
        }
        assertThat(driver.counters().received.value()).isEqualTo(1);
        assertThat(driver.counters().sent.value()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void closingSendsTheFarewellAndLeavesNothing(UdpTransport transport) throws Exception {
        MachineDriver driver = drive(transport);
        driver.run(now -> {
            parrot.requests.add(SocketRequest.openUdp(ANY_PORT));
            parrot.requests.add(SocketRequest.openUdp(ANY_PORT));
            parrot.deadline = now + SECONDS.toNanos(1000);
        });
        InetSocketAddress bound = parrot.opened.poll(5, SECONDS);
        parrot.opened.poll(5, SECONDS);

        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(5_000);
            InetSocketAddress to = (InetSocketAddress) socket.getLocalSocketAddress();
            driver.close(now -> {
                parrot.transmits.add(Datagram.udp(bound, to, Unpooled.copiedBuffer("bye", UTF_8)));
                parrot.requests.add(SocketRequest.closeUdp(bound));
            }).get(5, SECONDS);
            DatagramPacket farewell = new DatagramPacket(new byte[10], 10);
            socket.receive(farewell);
            assertThat(new String(farewell.getData(), 0, farewell.getLength(), UTF_8)).isEqualTo("bye");
        }
        assertThat(driver.counters().opened.value()).isEqualTo(2);
        assertThat(driver.counters().closed.value()).isEqualTo(2);
        assertThat(driver.isArmed()).isFalse();
        loops.get(0).end();                                   // the JDK's selector gives a port back at its next turn
        try (DatagramSocket again = new DatagramSocket(bound)) {
            assertThat(again.getLocalPort()).isEqualTo(bound.getPort());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPortThatIsTakenIsAnAnswerAndNotAnError(UdpTransport transport) throws Exception {
        MachineDriver driver = drive(transport);
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            SocketRequest request = SocketRequest.openUdp((InetSocketAddress) taken.getLocalSocketAddress());

            driver.run(now -> parrot.requests.add(request));

            assertThat(parrot.refused.get(5, SECONDS)).isEqualTo(request);
        }
        driver.close(now -> { }).get(5, SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotBeSentIsCountedAndTheRestGoesOut(UdpTransport transport) throws Exception {
        MachineDriver driver = drive(transport);
        driver.run(now -> parrot.requests.add(SocketRequest.openUdp(ANY_PORT)));
        InetSocketAddress bound = parrot.opened.poll(5, SECONDS);
        InetSocketAddress nowhere = new InetSocketAddress("192.0.2.1", 9);   // not from the loopback address
        ByteBuf tooLong = Unpooled.wrappedBuffer(new byte[65_530]);
        ByteBuf homeless = Unpooled.copiedBuffer("x", UTF_8);

        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(5_000);
            InetSocketAddress to = (InetSocketAddress) socket.getLocalSocketAddress();
            driver.run(now -> {
                parrot.transmits.add(Datagram.udp(bound, nowhere, Unpooled.copiedBuffer("x", UTF_8)));
                parrot.transmits.add(Datagram.udp(bound, to, tooLong));
                parrot.transmits.add(Datagram.udp(new InetSocketAddress("127.0.0.1", 9), to, homeless));
                parrot.transmits.add(Datagram.udp(bound, to, Unpooled.copiedBuffer("hello", UTF_8)));
            });
            DatagramPacket arrived = new DatagramPacket(new byte[10], 10);
            socket.receive(arrived);
            assertThat(arrived.getLength()).isEqualTo(5);
        }
        CompletableFuture<Void> closed = driver.close(now -> { });
        closed.get(5, SECONDS);
        assertThat(driver.counters().failed.value()).isEqualTo(2);
        assertThat(driver.counters().homeless.value()).isEqualTo(1);
        assertThat(tooLong.refCnt()).isZero();
        assertThat(homeless.refCnt()).isZero();
    }

    @Test
    void theTimerIsMovedOnlyWhenTheDeadlineComesNearer() throws Exception {
        MachineDriver driver = drive(UdpTransport.NIO);
        driver.run(now -> parrot.deadline = now + SECONDS.toNanos(1000));
        driver.run(now -> parrot.deadline = now + SECONDS.toNanos(2000));
        driver.run(now -> parrot.deadline = now + SECONDS.toNanos(3000));
        driver.run(now -> parrot.deadline = now + MILLISECONDS.toNanos(10));

        assertThat(parrot.timeouts.poll(5, SECONDS)).isNotNull();
        CompletableFuture<Boolean> armed = new CompletableFuture<>();
        driver.run(now -> armed.complete(driver.isArmed()));
        assertThat(driver.counters().timersArmed.value()).isEqualTo(2);
        assertThat(armed.get(5, SECONDS)).isFalse();
    }

    @Test
    void aMachineThatStaysDueDoesNotTakeTheLoopForItself() throws Exception {
        MachineDriver driver = drive(UdpTransport.NIO);
        driver.run(now -> {
            parrot.deadline = 0;
            parrot.again = 0;
        });

        for (int i = 0; i < 20; i++) {
            assertThat(parrot.timeouts.poll(5, SECONDS)).isNotNull();
        }
        driver.close(now -> { }).get(5, SECONDS);
        assertThat(driver.counters().timersArmed.value()).isGreaterThanOrEqualTo(20);
    }

    @Test
    void changesFromWithinADrainJoinIt() throws Exception {
        Loop loop = Loop.start("driver-test", UdpTransport.NIO);
        loops.add(loop);
        List<String> order = new ArrayList<>();
        MachineDriver[] driver = new MachineDriver[1];
        CompletableFuture<List<String>> done = new CompletableFuture<>();
        driver[0] = loop.drive(parrot, now -> {
            order.add("drain");
            if (order.size() == 2) {
                driver[0].run(later -> order.add("inner"));
                order.add("after inner");
            } else if (order.contains("inner")) {
                done.complete(List.copyOf(order));
            }
        });

        driver[0].run(now -> order.add("outer"));

        assertThat(done.get(5, SECONDS)).containsExactly("outer", "drain", "inner", "after inner", "drain");
    }

    @Test
    void nothingHappensOnALoopThatHasEnded() throws Exception {
        MachineDriver driver = drive(UdpTransport.NIO);
        driver.run(now -> parrot.requests.add(SocketRequest.openUdp(ANY_PORT)));
        parrot.opened.poll(5, SECONDS);
        loops.get(0).end();

        assertThat(driver.run(now -> parrot.drained.add(-1L))).isFalse();
        driver.close(now -> { }).get(5, SECONDS);
    }
}
