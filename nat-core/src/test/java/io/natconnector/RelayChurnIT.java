package io.natconnector;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.LongTermCredential;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that come, allocate, send and vanish, over real sockets, as fast as one thread can play them all. */
@Timeout(300)
class RelayChurnIT {
    /** {@code -Dnat.churn.seconds=60} for longer. */
    private static final long LASTING = SECONDS.toNanos(Integer.getInteger("nat.churn.seconds", 20));
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void leavesNothingOfAllThoseWhoCameAndWent() throws IOException {
        try (NatServer server = NatServer.builder().listen(new InetSocketAddress(HERE, 0)).user("alice", "secret")
                .allowPeer("127.0.0.0/8").quotas(5000, 5000, 5000)
                .relay(config -> config.lifetimes(Duration.ofSeconds(2), Duration.ofSeconds(2))).start();
                DatagramSocket peer = new DatagramSocket(0, HERE)) {
            churn(server, peer, SECONDS.toNanos(2));           // until everything that is made once is there
            awaitEmpty(server);
            long descriptors = descriptors();
            long heap = heap();

            int clients = churn(server, peer, LASTING);

            awaitEmpty(server);
            assertThat(server.statistics().openSockets()).isZero();
            assertThat(descriptors()).as("open files").isLessThanOrEqualTo(descriptors);
            assertThat(heap() - heap).as("bytes of heap, of " + clients + " clients").isLessThan(clients * 200L + (2 << 20));
            System.out.println("RelayChurnIT: " + clients + " clients in " + LASTING / SECONDS.toNanos(1) + " s, "
                    + (heap() - heap) + " bytes of heap more");
        }
    }

    private int churn(NatServer server, DatagramSocket peer, long nanos) throws IOException {
        int clients = 0;
        for (long end = System.nanoTime() + nanos; System.nanoTime() < end; clients++) {
            try (DatagramSocket socket = new DatagramSocket(0, HERE)) {
                socket.connect(server.localAddress());
                socket.setSoTimeout(2000);
                come(socket, (InetSocketAddress) peer.getLocalSocketAddress());
            }
        }
        return clients;
    }

    private void come(DatagramSocket socket, InetSocketAddress peer) throws IOException {
        LongTermCredential credential = new LongTermCredential("alice", "secret");
        StunMessage challenge = ask(socket, credential, StunMethod.ALLOCATE, writer -> { });
        credential.challenge(challenge, LongTermCredential.Attempt.BARE);
        StunMessage allocated = ask(socket, credential, StunMethod.ALLOCATE,
                writer -> writer.put(StunAttribute.REQUESTED_TRANSPORT, 17));
        if (allocated.stunClass() == StunClass.ERROR) {
            // The port of somebody who has vanished a moment ago
            assertThat(allocated.get(StunAttribute.ERROR_CODE).code()).isEqualTo(ErrorCode.ALLOCATION_MISMATCH);
            return;
        }
        ask(socket, credential, StunMethod.CHANNEL_BIND,
                writer -> writer.put(StunAttribute.CHANNEL_NUMBER, 0x4000).put(StunAttribute.XOR_PEER_ADDRESS, peer));
        for (int i = 0; i < 5; i++) {
            socket.send(new DatagramPacket(new byte[] {0x40, 0, 0, 4, 'a', 'b', 'c', 'd'}, 8));
        }
        if (random.nextBoolean()) {
            ask(socket, credential, StunMethod.REFRESH, writer -> writer.put(StunAttribute.LIFETIME, 0));
        }
    }

    private StunMessage ask(DatagramSocket socket, LongTermCredential credential, StunMethod method,
            Consumer<StunWriter> attributes) throws IOException {
        StunWriter writer = StunWriter.write(method, StunClass.REQUEST, TransactionId.random(random));
        attributes.accept(writer);
        ByteBuf request = credential.authenticate(writer).end();
        byte[] bytes = new byte[request.readableBytes()];
        request.readBytes(bytes).release();
        socket.send(new DatagramPacket(bytes, bytes.length));
        DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
        socket.receive(answer);
        return StunMessage.parse(Unpooled.wrappedBuffer(answer.getData(), 0, answer.getLength()));
    }

    /** Who vanished is forgotten after two seconds. */
    private static void awaitEmpty(NatServer server) {
        while (server.statistics().activeAllocations() > 0) {
            LockSupport.parkNanos(MILLISECONDS.toNanos(50));
        }
    }

    private static long descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
