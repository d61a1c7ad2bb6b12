package io.natconnector;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.SocketMachine;
import io.natconnector.stun.SocketRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
class BatchesTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int BUFFER = 4 << 20;

    private final List<Loop> loops = new ArrayList<>();
    private final Mailbox mailbox = new Mailbox();

    @AfterEach
    void end() {
        loops.forEach(Loop::end);
    }

    private MachineDriver drive(UdpTransport transport) {
        Loop loop = Loop.start("batches-test", transport);
        loops.add(loop);
        return loop.drive(mailbox, now -> { });
    }

    private InetSocketAddress open(MachineDriver driver) throws InterruptedException {
        driver.run(now -> mailbox.requests.add(SocketRequest.openUdp(ANY_PORT)));
        return mailbox.opened.poll(5, SECONDS);
    }

    /** Keeps a copy of what comes in, or sends it back. */
    private static final class Mailbox implements SocketMachine {
        final Queue<SocketRequest> requests = new ArrayDeque<>();
        final Queue<Datagram> transmits = new ArrayDeque<>();
        final BlockingQueue<InetSocketAddress> opened = new LinkedBlockingQueue<>();
        final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        volatile boolean echoes;

        @Override
        public boolean receive(Datagram datagram, long now) {
            if (echoes) {
                transmits.add(datagram.reply(datagram.payload().retain()));
            } else {
                received.add(ByteBufUtil.getBytes(datagram.payload()));
            }
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
            return transmits.poll();
        }

        @Override
        public SocketRequest pollSocket() {
            return requests.poll();
        }

        @Override
        public void socketOpened(SocketRequest request, InetSocketAddress bound, long now) {
            opened.add(bound);
        }
    }

    private static byte[] payload(int number, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) number);
        return bytes;
    }

    private static DatagramSocket plainSocket() throws IOException {
        DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setReceiveBufferSize(BUFFER);
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static byte[] receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static void transmit(Mailbox mailbox, InetSocketAddress from, InetSocketAddress to, byte[] payload) {
        mailbox.transmits.add(Datagram.udp(from, to, Unpooled.copiedBuffer(payload)));
    }

    @ParameterizedTest
    @EnumSource
    void theLongestAmongSmallOnesArriveWholeAndInOrder(UdpTransport transport) throws Exception {
        MachineDriver driver = drive(transport);
        InetSocketAddress bound = open(driver);
        mailbox.echoes = true;
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            sent.add(payload(i, i % 40 == 17 ? 9_000 : i % 40 == 29 ? 65_507 : 160));
        }

        try (DatagramSocket socket = plainSocket()) {
            for (byte[] payload : sent) {
                socket.send(new DatagramPacket(payload, payload.length, bound));
            }
            for (byte[] payload : sent) {
                assertThat(receive(socket)).isEqualTo(payload);
            }
        }
        assertThat(driver.counters().received.value()).isEqualTo(sent.size());
        assertThat(driver.counters().sent.value()).isEqualTo(sent.size());
    }

    @ParameterizedTest
    @EnumSource
    void datagramsOfOneSizeLeaveTogetherAndArriveOneByOne(UdpTransport transport) throws Exception {
        MachineDriver driver = drive(transport);
        InetSocketAddress bound = open(driver);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            sent.add(payload(i, i % 75 == 69 ? 700 : i > 140 ? 1453 + i : 1200));
        }

        try (DatagramSocket one = plainSocket(); DatagramSocket two = plainSocket()) {
            InetSocketAddress toOne = (InetSocketAddress) one.getLocalSocketAddress();
            InetSocketAddress toTwo = (InetSocketAddress) two.getLocalSocketAddress();
            driver.run(now -> {
                for (int i = 0; i < sent.size(); i++) {
                    transmit(mailbox, bound, i % 75 < 70 ? toOne : toTwo, sent.get(i));
                }
            });
            for (int i = 0; i < sent.size(); i++) {
                assertThat(receive(i % 75 < 70 ? one : two)).isEqualTo(sent.get(i));
            }
        }
        assertThat(driver.counters().sent.value()).isEqualTo(150);
        assertThat(driver.counters().joined.value() > 0).isEqualTo(transport.cutsSegments());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenStraightToASocketLeavesInItsPlaceAmongTheOthers(UdpTransport transport) throws Exception {
        MachineDriver driver = drive(transport);
        InetSocketAddress bound = open(driver);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add(payload(i, i % 10 == 9 ? 40 : i > 90 ? 3000 : 1200));
        }

        try (DatagramSocket socket = plainSocket()) {
            InetSocketAddress to = (InetSocketAddress) socket.getLocalSocketAddress();
            driver.run(now -> {
                for (int i = 0; i < sent.size(); i++) {
                    if (i % 25 == 20) {
                        transmit(mailbox, bound, to, sent.get(i));
                        driver.changed();                     // else what is queued leaves last
                    } else {
                        driver.outlet().open(bound, to, sent.get(i).length).writeBytes(sent.get(i));
                    }
                }
                assertThat(driver.outlet().open(to, bound, 1)).as("no socket of ours").isNull();
            });
            for (byte[] payload : sent) {
                assertThat(receive(socket)).isEqualTo(payload);
            }
        }
        assertThat(driver.counters().sent.value()).isEqualTo(100);
        assertThat(driver.counters().joined.value() > 0).isEqualTo(transport.cutsSegments());
    }

    @ParameterizedTest
    @EnumSource
    void whatComesInTogetherIsTakenInOneByOne(UdpTransport transport) throws Exception {
        MachineDriver driver = drive(transport);
        InetSocketAddress from = open(driver);
        InetSocketAddress to = open(driver);

        driver.run(now -> {
            for (int i = 0; i < 100; i++) {
                transmit(mailbox, from, to, payload(i, i == 99 ? 20 : 1000));
            }
        });

        for (int i = 0; i < 100; i++) {
            assertThat(mailbox.received.poll(5, SECONDS)).isEqualTo(payload(i, i == 99 ? 20 : 1000));
        }
        assertThat(driver.counters().received.value()).isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyDatagramIsTakenInAndNeverHarmsOthers(UdpTransport transport) throws Exception {
        MachineDriver driver = drive(transport);
        InetSocketAddress bound = open(driver);
        mailbox.echoes = true;

        try (DatagramSocket socket = plainSocket()) {
            for (int i = 0; i < 11; i++) {
                socket.send(new DatagramPacket(payload(i, i % 3), i % 3, bound));
            }
            for (int i = 0; i < 11; i++) {
                if (i % 3 > 0) {
                    assertThat(receive(socket)).isEqualTo(payload(i, i % 3));
                }
            }
        }
        assertThat(driver.counters().received.value()).isEqualTo(11);
        assertThat(driver.counters().failed.value()).isEqualTo(4);
    }

    @Test
    void whatTheSystemDoesNotCutUpGoesOneByOne() throws Exception {
        Assumptions.assumeTrue(UdpTransport.best().cutsSegments());
        MachineDriver driver = drive(UdpTransport.EPOLL);
        DatagramChannel channel = UdpTransport.EPOLL.newChannel(SocketProtocolFamily.INET);
        // Without checksums Linux refuses to cut up (SOL_SOCKET, SO_NO_CHECK)
        channel.config().setOption(new IntegerUnixChannelOption("SO_NO_CHECK", 1, 11), 1);
        CompletableFuture<UdpSocket> opened = new CompletableFuture<>();
        driver.run(now -> {
            UdpSocket socket = new UdpSocket(driver, channel, SocketRequest.openUdp(ANY_PORT));
            driver.loop().register(channel).addListener(done -> socket.bind().addListener(bound -> opened.complete(socket)));
        });
        UdpSocket socket = opened.get(5, SECONDS);

        try (DatagramSocket plain = plainSocket()) {
            InetSocketAddress to = (InetSocketAddress) plain.getLocalSocketAddress();
            for (int turn = 0; turn < 2; turn++) {
                driver.run(now -> {
                    for (int i = 0; i < 40; i++) {
                        socket.write(Datagram.udp(socket.bound(), to, Unpooled.copiedBuffer(payload(i, 500))));
                    }
                    socket.flush();
                });
                for (int i = 0; i < 40; i++) {
                    assertThat(receive(plain)).isEqualTo(payload(i, 500));
                }
            }
        }
        assertThat(driver.counters().joined.value()).as("tried once").isEqualTo(1);
        assertThat(driver.counters().failed.value()).isZero();
        channel.close().get(5, SECONDS);
    }

    @Test
    void aRunIsOneDestinationAndOneSize() {
        SegmentRun run = new SegmentRun();
        InetSocketAddress to = new InetSocketAddress("127.0.0.1", 1000);
        InetSocketAddress other = new InetSocketAddress("127.0.0.1", 1001);
        assertThat(add(run, to, 100)).isTrue();
        assertThat(add(run, other, 100)).isFalse();
        assertThat(add(run, to, 101)).isFalse();
        assertThat(add(run, new InetSocketAddress("127.0.0.1", 1000), 100)).isTrue();
        assertThat(add(run, to, 99)).isTrue();
        assertThat(add(run, to, 99)).as("behind a shorter one").isFalse();
        assertThat(run.bytes()).isEqualTo(299);

        run.clear();
        int count = 0;
        while (add(run, to, 1452)) {
            count++;
        }
        assertThat(count * 1452).isBetween(65_507 - 1452, 65_507);
        run.clear();
        for (int i = 0; i < 64; i++) {
            assertThat(add(run, to, 10)).isTrue();
        }
        assertThat(add(run, to, 10)).isFalse();
        run.clear();
        assertThat(add(run, to, 1453)).isTrue();
        assertThat(add(run, to, 1453)).as("longer than a frame").isFalse();
    }

    private static boolean add(SegmentRun run, InetSocketAddress to, int length) {
        ByteBuf payload = Unpooled.wrappedBuffer(new byte[length]);
        return run.add(Datagram.udp(new InetSocketAddress("127.0.0.1", 9), to, payload));
    }
}
