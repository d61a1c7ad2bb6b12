package io.natconnector.relay;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.ErrorCode;
import io.natconnector.stun.IntegrityKey;
import io.natconnector.stun.PasswordAlgorithm;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A relay client on a bench: a test plays the server by hand, and an evil one where it likes. */
final class ClientBench implements AutoCloseable {
    static final InetSocketAddress SERVER = RelayBench.address("203.0.113.10", 3478);
    static final InetSocketAddress LOCAL = RelayBench.address("198.51.100.20", 5000);
    static final InetSocketAddress RELAYED = RelayBench.address("203.0.113.10", 50_000);
    static final InetSocketAddress PEER = RelayBench.address("198.51.100.7", 7000);

    final RelayClient client;
    final IntegrityKey key = IntegrityKey.longTerm("alice", "example.org", "secret", PasswordAlgorithm.MD5);
    private final List<ByteBuf> held = new ArrayList<>();
    long now;

    ClientBench() {
        this(Transport.UDP);
    }

    ClientBench(Transport transport) {
        this(transport, AllocateOptions.DEFAULT);
    }

    ClientBench(AllocateOptions options) {
        this(Transport.UDP, options);
    }

    private ClientBench(Transport transport, AllocateOptions options) {
        RelayAccess access = new RelayAccess(transport, SERVER, "alice", "secret");
        client = new RelayClient(access, options, LOCAL, new SplittableRandom(1), now);
    }

    /** The next datagram that the client sends, or {@code null}. */
    Datagram sent() {
        Datagram datagram = client.pollTransmit();
        if (datagram != null) {
            held.add(datagram.payload());
        }
        return datagram;
    }

    /** The next message that the client sends, or {@code null}. */
    StunMessage request() {
        Datagram datagram = sent();
        return datagram == null ? null : StunMessage.parse(datagram.payload());
    }

    /** The last message that the client has sent by now. */
    StunMessage lastRequest() {
        StunMessage last = null;
        for (StunMessage next; (next = request()) != null;) {
            last = next;
        }
        return last;
    }

    boolean receive(ByteBuf payload) {
        return receive(Datagram.udp(SERVER, LOCAL, payload));
    }

    boolean receive(Datagram datagram) {
        try {
            return client.receive(datagram, now);
        } finally {
            datagram.payload().release();
        }
    }

    boolean challenge(StunMessage request, int code, String nonce) {
        return receive(StunWriter.answer(request, StunClass.ERROR).put(StunAttribute.ERROR_CODE, ErrorCode.of(code))
                .put(StunAttribute.REALM, "example.org").put(StunAttribute.NONCE, nonce).end());
    }

    boolean success(StunMessage request, Consumer<StunWriter> attributes) {
        StunWriter writer = StunWriter.answer(request, StunClass.SUCCESS);
        attributes.accept(writer);
        return receive(writer.sign(key).end());
    }

    boolean error(StunMessage request, int code) {
        return receive(StunWriter.answer(request, StunClass.ERROR)
                .put(StunAttribute.ERROR_CODE, ErrorCode.of(code)).sign(key).end());
    }

    static void allocation(StunWriter writer) {
        writer.put(StunAttribute.XOR_RELAYED_ADDRESS, RELAYED).put(StunAttribute.XOR_MAPPED_ADDRESS, LOCAL)
                .put(StunAttribute.LIFETIME, 600);
    }

    /** The client's signed Allocate. */
    StunMessage signedAllocate() {
        challenge(lastRequest(), ErrorCode.UNAUTHENTICATED, "n1");
        return lastRequest();
    }

    ClientBench allocated() {
        success(signedAllocate(), ClientBench::allocation);
        if (!(client.pollEvent() instanceof RelayEvent.Allocated)) {
            throw new IllegalStateException("not allocated");
        }
        return this;
    }

    /** Allocated, and the peer permitted. */
    ClientBench permitted() {
        allocated();
        client.permit(PEER, now);
        success(lastRequest(), writer -> { });
        return this;
    }

    void pass(Duration time) {
        long end = now + time.toNanos();
        while (client.nextTimeout() <= end) {
            now = Math.max(now, client.nextTimeout());
            client.handleTimeout(now);
        }
        now = end;
    }

    /** Lets time pass, with a server that answers when it is asked whether it is there, until the client asks something else. */
    StunMessage passAlive(Duration time) {
        for (long end = now + time.toNanos(); now < end;) {
            pass(Duration.ofMillis(10));
            for (StunMessage next; (next = request()) != null;) {
                if (next.method() == StunMethod.BINDING) {
                    success(next, writer -> writer.put(StunAttribute.XOR_MAPPED_ADDRESS, LOCAL));
                } else {
                    return next;
                }
            }
        }
        return null;
    }

    RelayFailure failure() {
        RelayEvent event = client.pollEvent();
        return event instanceof RelayEvent.Failed failed ? failed.reason()
                : event instanceof RelayEvent.Lost lost ? lost.reason() : null;
    }

    @Override
    public void close() {
        client.abandon();
        held.forEach(ByteBuf::release);
    }
}
