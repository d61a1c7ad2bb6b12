package io.natconnector.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.PeerChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;

/** A datagram of 64 bytes there and back, one at a time, both sides in this JVM: how long that takes. */
final class LatencyBenchmark {
    private static final int SIZE = 64;
    private static final int ROUNDS = 5;
    private static final int WARM_UP = 20_000;
    private static final int PINGS = 10_000;

    /** Sends a ping and waits for what comes back. */
    private interface Pinger extends AutoCloseable {
        void ping() throws Exception;

        @Override
        void close() throws Exception;
    }

    private LatencyBenchmark() { }

    static void run() throws Exception {
        InetAddress address = LocalAddress.best();
        Report report = new Report("A ping of " + SIZE + " bytes there and back within this machine; " + ROUNDS + " rounds of "
                + PINGS, "way", "p50 us", "p99 us", "p99.9 us");
        Map<String, Pinger> pingers = new LinkedHashMap<>();
        pingers.put("java.nio, blocking", plain(address));
        pingers.put("natconnector, PeerSocket", sockets(OurEngine.hub(address)));
        pingers.put("natconnector, PeerChannel", channels(OurEngine.hub(address)));
        pingers.put("natconnector, encrypted, PeerSocket", sockets(OurEngine.encrypted(address)));
        if (!address.isLoopbackAddress()) {
            pingers.put("ice4j", ice4j(address));
        }
        Map<String, Sample> micros = new LinkedHashMap<>();
        for (int round = 0; round <= ROUNDS; round++) {
            System.err.println(round == 0 ? "warming up" : "round " + round + " of " + ROUNDS);
            for (Map.Entry<String, Pinger> pinger : pingers.entrySet()) {
                Sample sample = round == 0 ? new Sample() : micros.computeIfAbsent(pinger.getKey(), any -> new Sample());
                for (int i = 0; i < (round == 0 ? WARM_UP : PINGS); i++) {
                    long begun = System.nanoTime();
                    pinger.getValue().ping();
                    sample.add((System.nanoTime() - begun) / 1e3);
                }
            }
        }
        micros.forEach((way, sample) ->
                report.row(way, sample.percentile(50), sample.percentile(99), sample.percentile(99.9)));
        report.print(System.out);
        for (Pinger pinger : pingers.values()) {
            pinger.close();
        }
    }

    private static void daemon(String name, Echo echo) {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    echo.once();
                }
            } catch (AsynchronousCloseException e) {
                return;                                       // as it should end
            } catch (IOException e) {
                System.err.println(name + ": " + e);
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Echo {
        void once() throws IOException;
    }

    private static Pinger plain(InetAddress address) throws IOException {
        DatagramChannel asking = DatagramChannel.open().bind(new InetSocketAddress(address, 0));
        DatagramChannel asked = DatagramChannel.open().bind(new InetSocketAddress(address, 0));
        ByteBuffer there = ByteBuffer.allocateDirect(2 * SIZE);
        daemon("plain echo", () -> {
            SocketAddress from = asked.receive(there.clear());
            asked.send(there.flip(), from);
        });
        SocketAddress to = asked.getLocalAddress();
        ByteBuffer ping = ByteBuffer.allocateDirect(SIZE);
        ByteBuffer back = ByteBuffer.allocateDirect(2 * SIZE);
        return new Pinger() {
            @Override
            public void ping() throws IOException {
                asking.send(ping.clear(), to);
                asking.receive(back.clear());
            }

            @Override
            public void close() throws IOException {
                asking.close();
                asked.close();
            }
        };
    }

    private static Pinger sockets(OurEngine engine) throws Exception {
        OurEngine.Sockets pair = engine.open();
        ByteBuffer there = ByteBuffer.allocateDirect(2 * SIZE);
        daemon("our echo", () -> {
            if (pair.asked().read(there.clear()) < 0) {
                throw new AsynchronousCloseException();
            }
            pair.asked().write(there.flip());
        });
        ByteBuffer ping = ByteBuffer.allocateDirect(SIZE);
        ByteBuffer back = ByteBuffer.allocateDirect(2 * SIZE);
        return new Pinger() {
            @Override
            public void ping() throws IOException {
                pair.asking().write(ping.clear());
                pair.asking().read(back.clear());
            }

            @Override
            public void close() {
                engine.close();
            }
        };
    }

    /** Handlers on both sides; only the one who measures is a thread of its own. */
    private static Pinger channels(OurEngine engine) throws Exception {
        OurEngine.Pair pair = engine.connect();
        pair.asked().pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                context.writeAndFlush(((DatagramPacket) message).content());
            }
        });
        SynchronousQueue<Boolean> back = new SynchronousQueue<>();
        pair.asking().pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) throws InterruptedException {
                ((DatagramPacket) message).release();
                back.offer(true, 1, SECONDS);
            }
        });
        PeerChannel asking = pair.asking();
        ByteBuf ping = Unpooled.directBuffer(SIZE).writeZero(SIZE);
        return new Pinger() {
            @Override
            public void ping() throws Exception {
                asking.writeAndFlush(ping.retainedDuplicate(), asking.voidPromise());
                back.poll(1, SECONDS);
            }

            @Override
            public void close() {
                engine.close();
            }
        };
    }

    private static Pinger ice4j(InetAddress address) throws Exception {
        Ice4jPair.configure(address.getHostAddress());
        Ice4jPair pair = Ice4jPair.connect();
        byte[] ping = new byte[SIZE];
        java.net.DatagramPacket there = new java.net.DatagramPacket(new byte[2 * SIZE], 2 * SIZE);
        java.net.DatagramPacket back = new java.net.DatagramPacket(new byte[2 * SIZE], 2 * SIZE);
        daemon("ice4j echo", () -> {
            pair.asked().getSocket().receive(there);
            pair.asked().send(there.getData(), 0, SIZE);
        });
        return new Pinger() {
            @Override
            public void ping() throws IOException {
                pair.asking().send(ping, 0, SIZE);
                pair.asking().getSocket().receive(back);
            }

            @Override
            public void close() {
                pair.close();
            }
        };
    }
}
