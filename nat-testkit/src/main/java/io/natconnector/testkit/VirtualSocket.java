package io.natconnector.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.function.BiConsumer;

/** A UDP socket in the hands of a test: sends, and remembers what came. */
public final class VirtualSocket {
    /**
     * A datagram that came.
     *
     * @param from who sent it, as seen here
     * @param bytes its payload
     */
    public record Received(InetSocketAddress from, byte[] bytes) {
        /** The payload as UTF-8. */
        public String text() {
            return new String(bytes, UTF_8);
        }

        @Override
        public String toString() {
            return text() + " from " + Addresses.text(from);
        }
    }

    private final Inbox inbox = new Inbox();
    private final Program program;
    private final InetSocketAddress address;
    private BiConsumer<InetSocketAddress, ByteBuf> listener;

    VirtualSocket(Host host, InetSocketAddress address) {
        this.program = host.run(inbox);
        this.address = program.bind(address);
    }

    /** Where it is bound. */
    public InetSocketAddress address() {
        return address;
    }

    public void send(InetSocketAddress to, String text) {
        send(to, Unpooled.copiedBuffer(text, UTF_8));
    }

    /** Sends a datagram; the payload is the network's from now on. */
    public void send(InetSocketAddress to, ByteBuf payload) {
        program.mutate(now -> inbox.outgoing.add(Datagram.udp(address, to, payload)));
    }

    /** The oldest datagram that was not yet asked for, or {@code null}. */
    public Received receive() {
        return inbox.received.poll();
    }

    /** The text of {@link #receive}, or {@code null}. */
    public String receiveText() {
        Received next = receive();
        return next == null ? null : next.text();
    }

    /** Whether something came that was not yet asked for. */
    public boolean hasReceived() {
        return !inbox.received.isEmpty();
    }

    /** Gives each datagram to a listener instead of keeping it; the payload is borrowed. */
    public VirtualSocket onReceive(BiConsumer<InetSocketAddress, ByteBuf> listener) {
        this.listener = listener;
        return this;
    }

    /** Sends back whatever comes, to where it came from. */
    public VirtualSocket echo() {
        return onReceive((from, payload) -> inbox.outgoing.add(Datagram.udp(address, from, payload.retain())));
    }

    /** Answers whatever comes with the address that it came from, as text: the smallest STUN server. */
    public VirtualSocket reflect() {
        return onReceive((from, payload) -> send(from, Addresses.text(from)));
    }

    public void close() {
        program.stop();
        inbox.outgoing.forEach(datagram -> datagram.payload().release());
        inbox.outgoing.clear();
    }

    private final class Inbox implements Machine {
        private final Queue<Datagram> outgoing = new ArrayDeque<>(2);
        private final Deque<Received> received = new ArrayDeque<>(2);

        @Override
        public boolean receive(Datagram datagram, long now) {
            if (listener == null) {
                received.add(new Received(datagram.from(), ByteBufUtil.getBytes(datagram.payload())));
            } else {
                listener.accept(datagram.from(), datagram.payload());
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
            return outgoing.poll();
        }

        @Override
        public String toString() {
            return "socket " + address;
        }
    }
}
