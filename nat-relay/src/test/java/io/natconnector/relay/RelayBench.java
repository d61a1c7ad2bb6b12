package io.natconnector.relay;

import static io.natconnector.stun.StunAttribute.CHANNEL_NUMBER;
import static io.natconnector.stun.StunAttribute.ERROR_CODE;
import static io.natconnector.stun.StunAttribute.LIFETIME;
import static io.natconnector.stun.StunAttribute.REQUESTED_TRANSPORT;
import static io.natconnector.stun.StunAttribute.XOR_PEER_ADDRESS;
import static io.natconnector.stun.StunAttribute.XOR_RELAYED_ADDRESS;

import io.natconnector.stun.CredentialStore;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.FiveTuple;
import io.natconnector.stun.LongTermCredential;
import io.natconnector.stun.SocketRequest;
import io.natconnector.stun.StaticCredentials;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import io.natconnector.stun.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A relay server on a bench: datagrams go in by hand, what comes out is looked at, and time is what a test sets. */
final class RelayBench implements AutoCloseable {
    static final InetSocketAddress SERVER = address("203.0.113.10", 3478);
    static final InetSocketAddress SERVER6 = address("2600::10", 3478);
    static final long EPOCH = 1_800_000_000L;
    static final Consumer<StunWriter> NOTHING = writer -> { };

    final RelayServer server;
    final SplittableRandom random;
    final Set<InetSocketAddress> open = new HashSet<>();
    /** Addresses that somebody else has bound. */
    final Set<InetSocketAddress> occupied = new HashSet<>();
    /** Sockets that are asked for now open only with {@link #openPending}. */
    boolean slow;
    final List<SocketRequest> pending = new ArrayList<>();
    /** What the server wanted of connections, in its order. */
    final List<SocketRequest> connections = new ArrayList<>();
    /** What the server sent since it was last asked, in its order. */
    final List<Datagram> sent = new ArrayList<>();
    private final List<ByteBuf> held = new ArrayList<>();
    long now;

    RelayBench() {
        this(config -> { });
    }

    RelayBench(Consumer<RelayServerConfig.Builder> more) {
        this(1, more);
    }

    RelayBench(long seed, Consumer<RelayServerConfig.Builder> more) {
        this(seed, new StaticCredentials(Map.of("alice", "secret", "bob", "hidden")), more);
    }

    RelayBench(CredentialStore users) {
        this(1, users, config -> { });
    }

    private RelayBench(long seed, CredentialStore users, Consumer<RelayServerConfig.Builder> more) {
        random = new SplittableRandom(seed);
        RelayServerConfig.Builder config = RelayServerConfig.builder("example.org", users)
                .listen(SERVER).listen(SERVER6).challengesPerSecond(0);
        more.accept(config);
        config.relay(SERVER.getAddress()).relay(SERVER6.getAddress());   // the first of a family serves it: a test's own, if any
        server = new RelayServer(config.build(), random.split(), EPOCH, now);
        drain();
    }

    static InetSocketAddress address(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(ip)), port);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(ip, e);
        }
    }

    static int code(StunMessage answer) {
        if (answer == null) {
            return -1;
        }
        return answer.stunClass() == StunClass.SUCCESS ? 0 : answer.get(ERROR_CODE).code();
    }

    void pass(Duration time) {
        now += time.toNanos();
        if (server.nextTimeout() <= now) {
            server.handleTimeout(now);
        }
        drain();
    }

    /** Gives the server a datagram, and answers what it sent in turn. The payload is released. */
    List<Datagram> deliver(InetSocketAddress from, InetSocketAddress to, ByteBuf payload) {
        return deliver(Datagram.udp(from, to, payload));
    }

    List<Datagram> deliver(Datagram datagram) {
        sent.clear();
        try {
            server.receive(datagram, now);
        } finally {
            drain();
            datagram.payload().release();
        }
        return List.copyOf(sent);
    }

    /** Tells the server something of its connections, and answers what it sent in turn. */
    List<Datagram> tell(Runnable what) {
        sent.clear();
        what.run();
        drain();
        return List.copyOf(sent);
    }

    private void drain() {
        List<InetSocketAddress> closing = new ArrayList<>();
        for (SocketRequest request; (request = server.pollSocket()) != null;) {
            if (request.remote() != null) {
                connections.add(request);
            } else if (request.kind() == SocketRequest.Kind.CLOSE) {
                closing.add(request.address());
            } else if (slow) {
                pending.add(request);
            } else {
                open(request);
            }
        }
        for (Datagram datagram; (datagram = server.pollTransmit()) != null;) {
            if (datagram.transport() == Transport.UDP && !open.contains(datagram.from())) {
                throw new IllegalStateException("sent from a socket that is not open: " + datagram);
            }
            held.add(datagram.payload());
            sent.add(datagram);
        }
        open.removeAll(closing);
    }

    private void open(SocketRequest request) {
        boolean free = !occupied.contains(request.address())
                && (request.transport() != Transport.UDP || open.add(request.address()));
        server.socketOpened(request, free ? request.address() : null, now);
    }

    /** Opens what has waited, and answers what the server sent in turn. */
    List<Datagram> openPending() {
        sent.clear();
        List<SocketRequest> waiting = List.copyOf(pending);
        pending.clear();
        waiting.forEach(this::open);
        drain();
        return List.copyOf(sent);
    }

    Asker asker(String ip) {
        return new Asker(address(ip, 5000), "alice", "secret");
    }

    /** Somebody who has connected by TCP. */
    Asker connected(String ip, int port, String user, String password) {
        Asker asker = new Asker(Transport.TCP, address(ip, port), user, password);
        server.connectionAccepted(asker.connection(), now);
        drain();
        return asker;
    }

    Asker asker(String ip, int port, String user, String password) {
        return new Asker(address(ip, port), user, password);
    }

    static ByteBuf bytes(int... values) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer();
        for (int value : values) {
            buffer.writeByte(value);
        }
        return buffer;
    }

    static ByteBuf text(String text) {
        return ByteBufUtil.writeUtf8(ByteBufAllocator.DEFAULT, text);
    }

    static ByteBuf channelData(int channel, String text) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer().writeShort(channel).writeShort(text.length());
        ByteBufUtil.writeUtf8(buffer, text);
        return buffer;
    }

    /** Forgets the buffers that tests looked at so far. */
    void forget() {
        held.forEach(ByteBuf::release);
        held.clear();
        sent.clear();
    }

    @Override
    public void close() {
        server.close(now);
        drain();
        forget();
    }

    /** Somebody who talks to the server. */
    final class Asker {
        final InetSocketAddress address;
        final InetSocketAddress to;
        final Transport transport;
        final LongTermCredential credential;
        InetSocketAddress relayed;
        TransactionId last;

        Asker(InetSocketAddress address, String user, String password) {
            this(Transport.UDP, address, user, password);
        }

        Asker(Transport transport, InetSocketAddress address, String user, String password) {
            this.transport = transport;
            this.address = address;
            this.to = address.getAddress().getAddress().length == 4 ? SERVER : SERVER6;
            this.credential = new LongTermCredential(user, password);
        }

        FiveTuple connection() {
            return new FiveTuple(transport, to, address);
        }

        ByteBuf request(StunMethod method, Consumer<StunWriter> attributes) {
            last = TransactionId.random(random);
            StunWriter writer = StunWriter.write(method, StunClass.REQUEST, last);
            attributes.accept(writer);
            return credential.authenticate(writer).end();
        }

        /** Sends bytes, and reads the first STUN answer to this asker. */
        StunMessage raw(ByteBuf payload) {
            for (Datagram answer : deliver(new Datagram(transport, address, to, payload))) {
                if (answer.to().equals(address) && StunMessage.is(answer.payload())) {
                    return StunMessage.parse(answer.payload());
                }
            }
            return null;
        }

        /** Asks once, with what credentials there are. */
        StunMessage once(StunMethod method, Consumer<StunWriter> attributes) {
            return raw(request(method, attributes));
        }

        /** Asks, and follows challenges as a client does. */
        StunMessage ask(StunMethod method, Consumer<StunWriter> attributes) {
            LongTermCredential.Attempt attempt = credential.attempt();
            StunMessage answer = once(method, attributes);
            while (answer != null && LongTermCredential.isChallenge(answer)) {
                attempt = credential.challenge(answer, attempt);
                if (attempt == null) {
                    return answer;
                }
                answer = once(method, attributes);
            }
            return answer;
        }

        /** Gets a nonce, so that what follows is signed. */
        Asker login() {
            credential.challenge(once(StunMethod.ALLOCATE, NOTHING), credential.attempt());
            return this;
        }

        StunMessage allocate() {
            return allocate(NOTHING);
        }

        StunMessage allocate(Consumer<StunWriter> more) {
            StunMessage answer = ask(StunMethod.ALLOCATE, writer -> more.accept(writer.put(REQUESTED_TRANSPORT, 17)));
            relayed = answer == null ? null : answer.get(XOR_RELAYED_ADDRESS);
            return answer;
        }

        Asker allocated() {
            if (code(allocate()) != 0) {
                throw new IllegalStateException("not allocated");
            }
            return this;
        }

        StunMessage refresh(Integer lifetime) {
            return ask(StunMethod.REFRESH, writer -> {
                if (lifetime != null) {
                    writer.put(LIFETIME, lifetime);
                }
            });
        }

        StunMessage permit(InetSocketAddress... peers) {
            return ask(StunMethod.CREATE_PERMISSION, writer -> {
                for (InetSocketAddress peer : peers) {
                    writer.put(XOR_PEER_ADDRESS, peer);
                }
            });
        }

        StunMessage bind(int channel, InetSocketAddress peer) {
            return ask(StunMethod.CHANNEL_BIND, writer -> writer.put(CHANNEL_NUMBER, channel).put(XOR_PEER_ADDRESS, peer));
        }

        /** What the server sends when a Send indication with that text comes from here. */
        List<Datagram> send(String text, InetSocketAddress... peers) {
            StunWriter writer = StunWriter.write(StunMethod.SEND, StunClass.INDICATION, TransactionId.random(random));
            for (InetSocketAddress peer : peers) {
                writer.put(XOR_PEER_ADDRESS, peer);
            }
            ByteBuf data = text(text);
            try {
                return deliver(new Datagram(transport, address, to, writer.put(StunAttribute.DATA, data).end()));
            } finally {
                data.release();
            }
        }

        List<Datagram> sendOn(int channel, String text) {
            return deliver(address, to, channelData(channel, text));
        }
    }
}
