package io.natconnector.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.StaticCredentials;
import io.natconnector.stun.Transport;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.Program;
import io.natconnector.testkit.VirtualInternet;
import io.natconnector.testkit.VirtualSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A relay server, a client of it, and a peer, on a virtual internet with 10 ms from each to the core. */
final class RelayStage implements AutoCloseable {
    static final Map<String, String> USERS = Map.of("alice", "secret", "bob", "hidden");
    static final long EPOCH = 1_800_000_000L;

    final VirtualInternet net;
    final Host serverHost;
    private final RelayServerConfig config;
    private Program serverProgram;
    RelayServer server;
    final InetSocketAddress serverAddress;
    final VirtualSocket peer;
    final List<Client> clients = new ArrayList<>();

    RelayStage(long seed) {
        this(seed, config -> { });
    }

    RelayStage(long seed, Consumer<RelayServerConfig.Builder> more) {
        net = new VirtualInternet(seed);
        serverHost = net.host("relay", "203.0.113.10");
        serverHost.uplink().delay(ofMillis(10));
        serverAddress = new InetSocketAddress(serverHost.address(), 3478);
        RelayServerConfig.Builder settings = RelayServerConfig.builder("example.org", new StaticCredentials(USERS))
                .listen(serverAddress).relay(serverHost.address()).quotas(100, 100, 1000);
        more.accept(settings);
        config = settings.build();
        startServer();
        Host peerHost = net.host("peer", "198.51.100.7");
        peerHost.uplink().delay(ofMillis(10));
        peer = peerHost.socket(7000);
    }

    private void startServer() {
        server = new RelayServer(config, serverHost.random(), EPOCH, net.now());
        serverProgram = serverHost.run(server);
    }

    /** As when the server's process is killed and started again. */
    void restartServer() {
        serverProgram.stop();
        server.close(net.now());
        startServer();
    }

    void drain(Duration within) {
        serverProgram.mutate(now -> server.drain(within, now));
    }

    Client client(String name, String address) {
        return client(name, address, "alice", "secret");
    }

    Client client(String name, String address, String username, String password) {
        Host host = net.host(name, address);
        host.uplink().delay(ofMillis(10));
        Client client = new Client(host, 5000, username, password);
        clients.add(client);
        return client;
    }

    Client client(String name, String address, AllocateOptions options) {
        Host host = net.host(name, address);
        host.uplink().delay(ofMillis(10));
        Client client = new Client(host, 5000, "alice", "secret", options);
        clients.add(client);
        return client;
    }

    /** Client, allocated. */
    Client allocated() {
        Client client = client("client", "198.51.100.20").start();
        assertThat(net.runUntil(client.machine::isAllocated, ofSeconds(5))).as(() -> net.trace().toString()).isTrue();
        return client;
    }

    @Override
    public void close() {
        clients.forEach(Client::releaseAll);
        server.close(net.now());
        for (Datagram left; (left = server.pollTransmit()) != null;) {
            left.payload().release();
        }
        net.close();
    }

    static ByteBuf bytes(String text) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer();
        buffer.writeCharSequence(text, UTF_8);
        return buffer;
    }

    /** A relay client on a host of its own, and all that it told. */
    final class Client {
        final Host host;
        final InetSocketAddress local;
        final RelayClient machine;
        final LossyMachine wire;
        Program program;
        final List<RelayEvent> events = new ArrayList<>();
        final List<String> received = new ArrayList<>();

        Client(Host host, int port, String username, String password) {
            this(host, port, username, password, AllocateOptions.DEFAULT);
        }

        Client(Host host, int port, String username, String password, AllocateOptions options) {
            this.host = host;
            this.local = new InetSocketAddress(host.address(), port);
            this.machine = new RelayClient(new RelayAccess(Transport.UDP, serverAddress, username, password), options,
                    local, host.random(), net.now());
            this.wire = new LossyMachine(machine);
        }

        Client start() {
            program = host.run(wire, this::drain);
            program.bind(local.getPort());
            host.mutate(wire, now -> wire.plugIn());
            return this;
        }

        private void drain() {
            for (RelayEvent event; (event = machine.pollEvent()) != null;) {
                events.add(event);
            }
            for (Datagram data; (data = machine.pollReceived()) != null;) {
                received.add(data.payload().toString(UTF_8) + " from " + data.from().getPort());
                assertThat(machine.relayedAddresses()).contains(data.to());
                data.payload().release();
            }
        }

        void send(InetSocketAddress to, String text) {
            host.mutate(wire, now -> {
                ByteBuf payload = bytes(text);
                machine.send(to, payload, now);
                payload.release();
            });
        }

        void permit(InetSocketAddress to) {
            host.mutate(wire, now -> machine.permit(to, now));
        }

        void bind(InetSocketAddress to) {
            host.mutate(wire, now -> machine.bindChannel(to, now));
        }

        /** Goes on from another port, at whatever address the host has now. */
        void move(int port) {
            program.bind(port);
            host.mutate(wire, now -> machine.move(host.endpoint(port), now));
        }

        void close() {
            host.mutate(wire, machine::close);
        }

        private void releaseAll() {
            machine.abandon();
        }
    }
}
