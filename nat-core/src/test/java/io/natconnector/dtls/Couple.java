package io.natconnector.dtls;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Two associations with a network between them, in virtual time. */
final class Couple implements AutoCloseable {
    static final long MILLI = 1_000_000;
    static final long DELAY = 25 * MILLI;
    private static final DtlsIdentity ALICE = DtlsIdentity.generate(new SeededSecureRandom(1));
    private static final DtlsIdentity BOB = DtlsIdentity.generate(new SeededSecureRandom(2));

    /** What becomes of a datagram: whether it gets lost, comes twice, how much later than others. */
    interface Fate {
        Fate FINE = (fromClient, number, datagram) -> new long[] {0};

        /** The extra delays of its copies in nanoseconds; none if it is lost. {@code number} counts from 1 for each side. */
        long[] of(boolean fromClient, int number, ByteBuf datagram);
    }

    /** One end. */
    static final class End {
        final DtlsAssociation association;
        final List<String> received = new ArrayList<>();
        final List<DtlsEvent> events = new ArrayList<>();
        long establishedAt = -1;
        int sent;
        DtlsEvent.Failed failed;

        End(DtlsAssociation association) {
            this.association = association;
        }
    }

    private record Flying(long at, long order, End to, ByteBuf datagram) { }

    final ThreadPoolExecutor threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    final End client;
    final End server;
    final SplittableRandom random;
    final List<byte[]> captured = new ArrayList<>();
    private final List<Flying> flying = new ArrayList<>();
    private Fate fate = Fate.FINE;
    private long order;
    private long now = 1_000 * MILLI;
    private final long began = now;

    Couple(long seed) {
        this(seed, BOB.fingerprint(), ALICE.fingerprint());
    }

    /** @param clientExpects what the server must be, for the client */
    Couple(long seed, DtlsFingerprint clientExpects, DtlsFingerprint serverExpects) {
        this(seed, clientExpects, serverExpects, KeyLifetime.DEFAULT);
    }

    Couple(long seed, KeyLifetime lifetime) {
        this(seed, BOB.fingerprint(), ALICE.fingerprint(), lifetime);
    }

    private Couple(long seed, DtlsFingerprint clientExpects, DtlsFingerprint serverExpects, KeyLifetime lifetime) {
        this(seed, clientExpects, serverExpects, lifetime, Suite.PREFERRED);
    }

    /** @param clients what the client offers */
    Couple(long seed, List<Suite> clients) {
        this(seed, BOB.fingerprint(), ALICE.fingerprint(), KeyLifetime.DEFAULT, clients);
    }

    private Couple(long seed, DtlsFingerprint clientExpects, DtlsFingerprint serverExpects, KeyLifetime lifetime,
            List<Suite> clients) {
        Handshakes handshakes = Handshakes.inStep(threads);
        random = new SplittableRandom(seed);
        client = new End(new DtlsAssociation(new Negotiation.Terms(ALICE, DtlsRole.CLIENT, clientExpects, clients,
                new SeededSecureRandom(seed), handshakes, () -> { }), lifetime));
        server = new End(new DtlsAssociation(BOB, DtlsRole.SERVER, serverExpects, lifetime, new SeededSecureRandom(~seed),
                handshakes, () -> { }));
    }

    static DtlsIdentity alice() {
        return ALICE;
    }

    static DtlsIdentity bob() {
        return BOB;
    }

    Couple fate(Fate chosen) {
        fate = chosen;
        return this;
    }

    Couple start() {
        server.association.start(now);
        client.association.start(now);
        drain(server);
        drain(client);
        return this;
    }

    /** Nanoseconds since the beginning. */
    long elapsed() {
        return now - began;
    }

    void send(End from, String text) {
        ByteBuf sealed = from.association.seal(Unpooled.copiedBuffer(text, UTF_8));
        if (sealed != null) {
            fly(from, sealed);
        }
        drain(from);
    }

    /** Brings a datagram to one end from nowhere. */
    void inject(End to, byte[] datagram) {
        ByteBuf buffer = Unpooled.wrappedBuffer(datagram);
        to.association.receive(buffer, now);
        buffer.release();
        drain(to);
    }

    void runFor(long nanos) {
        long end = now + nanos;
        while (step(end)) {
            continue;
        }
        now = end;
    }

    boolean bothEstablished() {
        return client.establishedAt >= 0 && server.establishedAt >= 0;
    }

    private boolean step(long end) {
        Flying next = flying.stream()
                .min((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order)).orElse(null);
        long timer = Math.min(client.association.nextTimeout(), server.association.nextTimeout());
        long at = Math.min(next == null ? Long.MAX_VALUE : next.at, timer);
        if (at > end) {
            return false;
        }
        now = Math.max(now, at);
        if (next != null && next.at == at) {
            flying.remove(next);
            next.to.association.receive(next.datagram, now);
            next.datagram.release();
            drain(next.to);
        } else {
            client.association.handleTimeout(now);
            server.association.handleTimeout(now);
            drain(client);
            drain(server);
        }
        return true;
    }

    private void drain(End end) {
        for (ByteBuf datagram; (datagram = end.association.pollTransmit()) != null; ) {
            fly(end, datagram);
        }
        for (DtlsEvent event; (event = end.association.pollEvent()) != null; ) {
            end.events.add(event);
            if (event instanceof DtlsEvent.Established) {
                end.establishedAt = elapsed();
            } else if (event instanceof DtlsEvent.Failed over) {
                end.failed = over;
            }
        }
        for (ByteBuf data; (data = end.association.pollData()) != null; ) {
            end.received.add(data.toString(UTF_8));
            data.release();
        }
    }

    private void fly(End from, ByteBuf datagram) {
        from.sent++;
        byte[] copy = new byte[datagram.readableBytes()];
        datagram.getBytes(datagram.readerIndex(), copy);
        captured.add(copy);
        for (long extra : fate.of(from == client, from.sent, datagram)) {
            flying.add(new Flying(now + DELAY + extra, order++, from == client ? server : client, datagram.copy()));
        }
        datagram.release();
    }

    @Override
    public void close() {
        client.association.close();
        server.association.close();
        drain(client);
        drain(server);
        flying.forEach(one -> one.datagram.release());
        flying.clear();
        threads.shutdown();
    }
}
