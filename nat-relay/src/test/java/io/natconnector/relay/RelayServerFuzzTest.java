package io.natconnector.relay;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.LongTermCredential;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A target for Jazzer: a whole session with a relay server, in which users who know their passwords, strangers, peers and the
 * network do whatever the input says. An ordinary build runs every file of {@code RelayServerFuzzTestInputs} once;
 * {@code JAZZER_FUZZ=1 mvn -pl nat-relay -am test -Dtest=RelayServerFuzzTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dtest.jvm=-Djazzer.hooks=true} looks for new ones.
 */
class RelayServerFuzzTest {
    /** What one client can make the server keep, times the four clients, and the quotas' own counters. */
    private static final int MOST_KEPT = 400;
    private static final StunMethod[] METHODS = StunMethod.values();
    private static final InetSocketAddress PEER = RelayBench.address("192.0.2.9", 7000);

    @FuzzTest(maxDuration = "600s")
    void staysWithinItsBounds(byte[] script) {
        try (RelayBench bench = new RelayBench(config -> config.mobility(true).listen(Transport.TCP, RelayBench.SERVER)
                .quotas(3, 4, 8).peersPerAllocation(4, 4).bytesPerSecond(100_000))) {
            new Session(bench, Unpooled.wrappedBuffer(script)).run();
            bench.forget();
            bench.pass(ofHours(3));
            bench.pass(ofHours(3));
            bench.forget();
            // A connection that is being made when everything ends is waited for until the driver says what came of it
            for (SocketRequest request : List.copyOf(bench.connections)) {
                if (request.kind() == SocketRequest.Kind.CONNECT) {
                    bench.tell(() -> bench.server.connectionFailed(request, "late", bench.now));
                }
            }
            assertThat(bench.server.remains()).as("kept of nobody").isZero();
        }
    }

    private static final class Session {
        private final RelayBench bench;
        private final ByteBuf in;
        private final List<RelayBench.Asker> clients = new ArrayList<>();

        Session(RelayBench bench, ByteBuf in) {
            this.bench = bench;
            this.in = in;
            clients.add(bench.asker("198.51.100.20"));
            clients.add(bench.asker("198.51.100.21", 5000, "bob", "hidden"));
            clients.add(bench.connected("198.51.100.20", 6000, "alice", "secret"));
            clients.add(bench.connected("198.51.100.20", 6001, "alice", "secret"));
        }

        void run() {
            for (int step = 0; step < 200 && in.isReadable(); step++) {
                int what = in.readUnsignedByte();
                act(what & 7, clients.get(what >> 3 & 3));
                assertThat(bench.server.remains()).isLessThan(MOST_KEPT);
                bench.forget();
            }
        }

        private void act(int what, RelayBench.Asker client) {
            switch (what) {
                case 0 -> raw(client, bytes());
                case 1 -> bench.deliver(client.address, relayed(client), Unpooled.wrappedBuffer(bytes()));
                case 2 -> bench.pass(ofMillis(number() * 50L));
                case 3 -> connections(client);
                case 4 -> client.allocate(writer -> {
                    if (number() % 2 == 0) {
                        writer.putBytes(StunAttribute.MOBILITY_TICKET, new byte[0]);
                    }
                });
                case 5 -> signed(client, number() % 3 == 0 ? StunMethod.CHANNEL_BIND : StunMethod.CREATE_PERMISSION, writer ->
                        writer.put(StunAttribute.XOR_PEER_ADDRESS, PEER).put(StunAttribute.CHANNEL_NUMBER, 0x4000 + number()));
                default -> signed(client, METHODS[number() % METHODS.length], this::attributes);
            }
        }

        /** A stranger is answered once, and briefly; but for his own length, which a 420 may repeat. */
        private void raw(RelayBench.Asker client, byte[] bytes) {
            boolean authentic = client.credential.attempt() != LongTermCredential.Attempt.BARE;
            List<Datagram> sent = bench.deliver(new Datagram(client.transport, client.address, client.to,
                    Unpooled.wrappedBuffer(bytes)));
            if (!authentic) {
                assertThat(sent).hasSizeLessThanOrEqualTo(1);
                sent.forEach(answer -> assertThat(answer.payload().readableBytes()).isLessThanOrEqualTo(140 + bytes.length));
            }
        }

        private InetSocketAddress relayed(RelayBench.Asker client) {
            return client.relayed == null || !bench.open.contains(client.relayed) ? client.to : client.relayed;
        }

        private void signed(RelayBench.Asker client, StunMethod method, Consumer<StunWriter> attributes) {
            if (client.credential.attempt() == LongTermCredential.Attempt.BARE) {
                client.login();
            } else {
                client.ask(method, attributes);
            }
        }

        private void attributes(StunWriter writer) {
            List<StunAttribute<?>> all = List.of(StunAttribute.REQUESTED_TRANSPORT, StunAttribute.XOR_PEER_ADDRESS,
                    StunAttribute.CHANNEL_NUMBER, StunAttribute.LIFETIME, StunAttribute.EVEN_PORT, StunAttribute.RESERVATION_TOKEN,
                    StunAttribute.REQUESTED_ADDRESS_FAMILY, StunAttribute.ADDITIONAL_ADDRESS_FAMILY, StunAttribute.DONT_FRAGMENT,
                    StunAttribute.MOBILITY_TICKET, StunAttribute.CONNECTION_ID, StunAttribute.DATA);
            for (int count = number() % 5; count > 0; count--) {
                StunAttribute<?> attribute = all.get(number() % all.size());
                if (attribute == StunAttribute.XOR_PEER_ADDRESS && number() % 2 == 0) {
                    writer.put(StunAttribute.XOR_PEER_ADDRESS, PEER);
                } else if (attribute == StunAttribute.REQUESTED_TRANSPORT && number() % 2 == 0) {
                    writer.put(StunAttribute.REQUESTED_TRANSPORT, 6);
                } else {
                    writer.putBytes(attribute, bytes());
                }
            }
        }

        /** The network: peers come, answer, close, read slowly. */
        private void connections(RelayBench.Asker client) {
            InetSocketAddress local = client.relayed == null ? RelayBench.SERVER : client.relayed;
            FiveTuple outer = new FiveTuple(Transport.TCP, local, PEER);
            int which = number();
            switch (which % 6) {
                case 0 -> bench.tell(() -> bench.server.connectionAccepted(outer, bench.now));
                case 1 -> bench.tell(() -> bench.server.connectionClosed(which > 127 ? outer : client(client), bench.now));
                case 2 -> bench.tell(() -> bench.server.connectionWritable(outer, which > 127, bench.now));
                case 3 -> pending(request -> bench.server.connectionOpened(request,
                        new FiveTuple(Transport.TCP, request.address(), request.remote()), bench.now));
                case 4 -> pending(request -> bench.server.connectionFailed(request, "refused", bench.now));
                default -> bench.deliver(new Datagram(Transport.TCP, PEER, local, Unpooled.wrappedBuffer(bytes())));
            }
        }

        private static FiveTuple client(RelayBench.Asker client) {
            return new FiveTuple(Transport.TCP, client.to, client.address);
        }

        private void pending(Consumer<SocketRequest> outcome) {
            for (SocketRequest request : List.copyOf(bench.connections)) {
                if (request.kind() == SocketRequest.Kind.CONNECT) {
                    bench.connections.remove(request);
                    bench.tell(() -> outcome.accept(request));
                    return;
                }
            }
        }

        private int number() {
            return in.isReadable() ? in.readUnsignedByte() : 0;
        }

        private byte[] bytes() {
            byte[] bytes = new byte[Math.min(number(), in.readableBytes())];
            in.readBytes(bytes);
            return bytes;
        }
    }
}
