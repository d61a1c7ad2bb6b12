package io.natconnector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PeerSocketTest {
    private final Connectors connectors = new Connectors(new PostOffice());
    private final Connector alice = connectors.add("alice", builder -> builder.connectTimeout(Duration.ofSeconds(2)));
    private final Connector bob = connectors.add("bob");
    private final CompletableFuture<PeerChannel> accepted = new CompletableFuture<>();

    @BeforeEach
    void listen() {
        bob.listen(channel -> {
            channel.pipeline().addLast(new EchoHandler());
            accepted.complete(channel);
        });
    }

    @AfterEach
    void close() {
        connectors.close();
    }

    @Test
    void oneWriteIsOneDatagramAndOneRead() throws Exception {
        try (PeerSocket socket = alice.open("bob")) {
            assertThat(socket.write(UTF_8.encode("hello"))).isEqualTo(5);
            assertThat(socket.write(UTF_8.encode(""))).isZero();
            assertThat(socket.write(UTF_8.encode("world"))).isEqualTo(5);

            assertThat(read(socket, 100)).isEqualTo("hello");
            assertThat(read(socket, 100)).isEmpty();
            assertThat(read(socket, 3)).isEqualTo("wor");
            assertThat(socket.path().isRelayed()).isFalse();
        }
    }

    private static String read(PeerSocket socket, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        int count = socket.read(buffer, Duration.ofSeconds(5));
        assertThat(buffer.position()).isEqualTo(count);
        return UTF_8.decode(buffer.flip()).toString();
    }

    @Test
    void theLargestDatagramArrivesWhole() throws Exception {
        try (PeerSocket socket = alice.open("bob")) {
            ByteBuffer large = ByteBuffer.allocate(PeerChannel.MAX_DATAGRAM);
            large.putInt(0, 42).putInt(large.capacity() - 4, 43);

            socket.write(large.duplicate());

            ByteBuffer back = ByteBuffer.allocate(PeerChannel.MAX_DATAGRAM + 1);
            assertThat(socket.read(back, Duration.ofSeconds(5))).isEqualTo(PeerChannel.MAX_DATAGRAM);
            assertThat(back.flip()).isEqualTo(large);
            assertThatThrownBy(() -> socket.write(ByteBuffer.allocate(PeerChannel.MAX_DATAGRAM + 1)))
                    .isInstanceOf(IOException.class).hasMessageContaining("65400");
        }
    }

    @Test
    void severalThreadsWriteAndReadAtOnceAndEveryDatagramStaysWhole() throws Exception {
        int threads = 4;
        int each = 200;
        ExecutorService executor = Executors.newFixedThreadPool(2 * threads);
        Set<Integer> arrived = ConcurrentHashMap.newKeySet();
        try (PeerSocket socket = alice.open("bob")) {
            Semaphore underWay = new Semaphore(100);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int base = i * each;
                all.add(executor.submit(() -> {
                    for (int j = base; j < base + each; j++) {
                        underWay.acquire();
                        ByteBuffer datagram = ByteBuffer.allocate(4 + j % 1300);
                        while (datagram.remaining() >= 4) {
                            datagram.putInt(j);
                        }
                        socket.write(datagram.clear());
                    }
                    return null;
                }));
                all.add(executor.submit(() -> {
                    ByteBuffer datagram = ByteBuffer.allocate(1500);
                    while (arrived.size() < threads * each) {
                        try {
                            socket.read(datagram.clear(), Duration.ofMillis(200));
                        } catch (SocketTimeoutException e) {
                            continue;                         // the others have read the last ones
                        }
                        datagram.flip();
                        int number = datagram.getInt(0);
                        assertThat(datagram.remaining()).isEqualTo(4 + number % 1300);
                        for (int at = 0; at + 4 <= datagram.limit(); at += 4) {
                            assertThat(datagram.getInt(at)).isEqualTo(number);
                        }
                        arrived.add(number);
                        underWay.release();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(20, SECONDS);
            }
            assertThat(arrived).hasSize(threads * each);
            assertThat(socket.channel().statistics().dropped()).isZero();
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void whatNobodyReadsIsDroppedAndCounted() throws Exception {
        try (PeerSocket socket = alice.open("bob")) {
            int count = 2 * PeerSocket.MAX_UNREAD;
            for (int i = 0; i < count; i++) {
                socket.write(ByteBuffer.allocate(8).putLong(0, i));
                int all = i;
                Eventually.until(() -> socket.channel().statistics().received() >= all - 50);
            }
            Eventually.until(() -> socket.channel().statistics().received() == count);
            alice.statistics();                               // a turn of the event loop later all is done

            assertThat(socket.channel().statistics().dropped()).isEqualTo(count - PeerSocket.MAX_UNREAD);
            ByteBuffer datagram = ByteBuffer.allocate(8);
            for (int i = 0; i < PeerSocket.MAX_UNREAD; i++) {
                assertThat(socket.read(datagram.clear(), Duration.ofSeconds(1))).isEqualTo(8);
                assertThat(datagram.getLong(0)).isEqualTo(i);
            }
            assertThatThrownBy(() -> socket.read(datagram.clear(), Duration.ofMillis(10)))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void aReadWithATimeoutGivesUpAndTheSocketLivesOn() throws Exception {
        try (PeerSocket socket = alice.open("bob")) {
            assertThatThrownBy(() -> socket.read(ByteBuffer.allocate(10), Duration.ofMillis(20)))
                    .isInstanceOf(SocketTimeoutException.class);
            socket.write(UTF_8.encode("hello"));
            assertThat(read(socket, 10)).isEqualTo("hello");
        }
    }

    @Test
    void closingWakesAReader() throws Exception {
        PeerSocket socket = alice.open("bob");
        CompletableFuture<Throwable> woken = new CompletableFuture<>();
        Thread reader = reader(socket, woken);
        awaitWaiting(reader);

        socket.close();

        assertThat(woken.get(5, SECONDS)).isInstanceOf(AsynchronousCloseException.class);
        assertThat(socket.isOpen()).isFalse();
        assertThatThrownBy(() -> socket.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> socket.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void interruptingAReaderClosesAsChannelsDo() throws Exception {
        PeerSocket socket = alice.open("bob");
        CompletableFuture<Throwable> woken = new CompletableFuture<>();
        Thread reader = reader(socket, woken);
        awaitWaiting(reader);

        reader.interrupt();

        assertThat(woken.get(5, SECONDS)).isInstanceOf(ClosedByInterruptException.class);
        assertThat(socket.isOpen()).isFalse();
    }

    private static Thread reader(PeerSocket socket, CompletableFuture<Throwable> outcome) {
        Thread reader = new Thread(() -> {
            try {
                socket.read(ByteBuffer.allocate(10));
                outcome.complete(null);
            } catch (IOException e) {
                outcome.complete(e);
            }
        }, "reader");
        reader.start();
        return reader;
    }

    private static void awaitWaiting(Thread thread) throws Exception {
        Eventually.until(() -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    void theEndOfThePeerIsTheEndOfTheData() throws Exception {
        try (PeerSocket socket = alice.open("bob")) {
            accepted.get(5, SECONDS).close();

            assertThat(socket.read(ByteBuffer.allocate(10), Duration.ofSeconds(5))).isEqualTo(-1);
            assertThatThrownBy(() -> socket.write(UTF_8.encode("too late"))).isInstanceOf(NatException.class);
            assertThat(socket.channel().cause().reason()).isEqualTo(NatException.Reason.CLOSED_BY_PEER);
        }
    }

    @Test
    void noPeerIsAnExceptionWithAReport() {
        assertThatThrownBy(() -> alice.open("nobody")).isInstanceOfSatisfying(NatException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(NatException.Reason.NO_ANSWER);
            assertThat(failure.report().peer()).isEqualTo("nobody");
            assertThat(failure.getStackTrace()).anyMatch(frame -> frame.getClassName().equals(getClass().getName()));
        });
    }

    @Test
    void blockingTheEventLoopIsRefused() throws Exception {
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        CountDownLatch done = new CountDownLatch(1);
        alice.connect("bob").thenAccept(channel -> {
            try {
                alice.open("bob");
            } catch (IOException | RuntimeException e) {
                refused.complete(e);
            }
            done.countDown();
        });

        assertThat(done.await(5, SECONDS)).isTrue();
        assertThat(refused.get(1, SECONDS)).isInstanceOf(IllegalStateException.class).hasMessageContaining("event loop");
    }
}
