package io.natconnector;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Raw bytes, and what a slow reader costs, on real sockets. */
@Timeout(60)
class ConnectionDriverTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Listener machine = new Listener();
    private Loop loop;
    private MachineDriver driver;

    private Socket connect(UdpTransport transport, boolean raw) throws Exception {
        loop = Loop.start("driver-test", transport);
        driver = loop.drive(machine, now -> { });
        driver.run(now -> machine.requests.add(
                new SocketRequest(SocketRequest.Kind.OPEN, Transport.TCP, ANY_PORT, null, raw, null)));
        InetSocketAddress bound = machine.bound.poll(10, SECONDS);
        Socket socket = new Socket(bound.getAddress(), bound.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    @AfterEach
    void end() throws Exception {
        driver.close(now -> { }).get(10, SECONDS);
        assertThat(driver.counters().closed.value()).isEqualTo(driver.counters().opened.value());
        loop.end();
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionBecomesRawFromTheVeryNextByte(UdpTransport transport) throws Exception {
        machine.makeRaw = true;
        try (Socket socket = connect(transport, false)) {
            ByteBuf request = StunWriter.write(StunMethod.BINDING, StunClass.REQUEST, new TransactionId(1, 2)).end();
            byte[] both = ByteBufUtil.getBytes(Unpooled.wrappedBuffer(request, Unpooled.copiedBuffer("GET / raw", US_ASCII)));
            request.release();
            socket.getOutputStream().write(both);

            assertThat(machine.received.poll(10, SECONDS)).hasSize(20);
            assertThat(new String(machine.received.poll(10, SECONDS), US_ASCII)).isEqualTo("GET / raw");
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsReadOfARawConnectionBeforeItIsWanted(UdpTransport transport) throws Exception {
        try (Socket socket = connect(transport, true)) {
            socket.getOutputStream().write("early".getBytes(US_ASCII));
            FiveTuple connection = machine.accepted.poll(10, SECONDS);
            assertThat(machine.received).isEmpty();

            driver.run(now -> machine.requests.add(SocketRequest.resume(connection)));

            assertThat(new String(machine.received.poll(10, SECONDS), US_ASCII)).isEqualTo("early");
            driver.run(now -> machine.transmits.add(connection.send(Unpooled.copiedBuffer("answer", US_ASCII))));
            assertThat(new String(socket.getInputStream().readNBytes(6), US_ASCII)).isEqualTo("answer");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoDoesNotReadStopsTheSourceAndIsCutOffWhereThatGoesOn(UdpTransport transport) throws Exception {
        try (Socket socket = connect(transport, true)) {
            FiveTuple connection = machine.accepted.poll(10, SECONDS);
            int sent = 0;
            while (machine.writable.isEmpty()) {              // the system's own buffers must be full first
                driver.run(now -> machine.transmits.add(connection.send(Unpooled.wrappedBuffer(new byte[16_384]))));
                sent++;
                driver.loop().submit(() -> { }).get(10, SECONDS);
                assertThat(sent).isLessThan(100_000);
            }
            assertThat(machine.writable.poll()).isFalse();
            assertThat(machine.closed).isEmpty();

            for (int i = 0; i < 200; i++) {
                driver.run(now -> machine.transmits.add(connection.send(Unpooled.wrappedBuffer(new byte[16_384]))));
            }

            assertThat(machine.closed.poll(10, SECONDS)).isEqualTo(connection);
            assertThat(driver.counters().congested.value()).isPositive();
            assertThat(socket.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoReadsAgainLetsTheSourceGoOn(UdpTransport transport) throws Exception {
        try (Socket socket = connect(transport, true)) {
            FiveTuple connection = machine.accepted.poll(10, SECONDS);
            int sent = 0;
            while (machine.writable.isEmpty()) {
                driver.run(now -> machine.transmits.add(connection.send(Unpooled.wrappedBuffer(new byte[16_384]))));
                sent++;
                driver.loop().submit(() -> { }).get(10, SECONDS);
            }
            assertThat(machine.writable.poll()).isFalse();

            socket.getInputStream().readNBytes(sent * 16_384);

            assertThat(machine.writable.poll(10, SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasWrittenBeforeClosingArrives(UdpTransport transport) throws Exception {
        try (Socket socket = connect(transport, true)) {
            FiveTuple connection = machine.accepted.poll(10, SECONDS);
            driver.run(now -> {
                machine.requests.add(SocketRequest.close(connection));
                machine.transmits.add(connection.send(Unpooled.wrappedBuffer(new byte[100_000])));
            });

            assertThat(socket.getInputStream().readAllBytes()).hasSize(100_000);
            assertThat(machine.closed.poll(10, SECONDS)).isEqualTo(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingDoesNotWaitForAConnectionThatIsNotThereYet(UdpTransport transport) throws Exception {
        loop = Loop.start("driver-test", transport);
        driver = loop.drive(machine, now -> { });
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            driver.run(now -> machine.requests.add(SocketRequest.connect(Transport.TLS, ANY_PORT,
                    (InetSocketAddress) silent.getLocalSocketAddress(), null)));
            try (Socket accepted = silent.accept()) {
                accepted.getInputStream().read();             // the handshake has begun, and nobody will answer it

                driver.close(now -> { }).get(5, SECONDS);
            }
        }
    }

    /** Listens, and does with connections what it is told to. */
    private static final class Listener implements SocketMachine {
        final Queue<SocketRequest> requests = new ArrayDeque<>();
        final Queue<Datagram> transmits = new ArrayDeque<>();
        final BlockingQueue<InetSocketAddress> bound = new LinkedBlockingQueue<>();
        final BlockingQueue<FiveTuple> accepted = new LinkedBlockingQueue<>();
        final BlockingQueue<FiveTuple> closed = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> writable = new LinkedBlockingQueue<>();
        final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        volatile boolean makeRaw;

        @Override
        public boolean receive(Datagram datagram, long now) {
            received.add(ByteBufUtil.getBytes(datagram.payload()));
            if (makeRaw) {
                requests.add(SocketRequest.raw(FiveTuple.of(datagram)));
            }
            return true;
        }

        @Override
        public void socketOpened(SocketRequest request, InetSocketAddress address, long now) {
            bound.add(address);
        }

        @Override
        public void connectionAccepted(FiveTuple connection, long now) {
            accepted.add(connection);
        }

        @Override
        public void connectionClosed(FiveTuple connection, long now) {
            closed.add(connection);
        }

        @Override
        public void connectionWritable(FiveTuple connection, boolean isWritable, long now) {
            writable.add(isWritable);
        }

        @Override
        public SocketRequest pollSocket() {
            return requests.poll();
        }

        @Override
        public Datagram pollTransmit() {
            return transmits.poll();
        }

        @Override
        public void handleTimeout(long now) { }

        @Override
        public long nextTimeout() {
            return NEVER;
        }
    }
}
