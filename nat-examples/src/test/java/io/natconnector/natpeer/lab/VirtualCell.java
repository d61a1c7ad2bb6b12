package io.natconnector.natpeer.lab;

import io.natconnector.relay.PeerPolicy;
import io.natconnector.relay.RelayAccess;
import io.natconnector.relay.RelayServer;
import io.natconnector.relay.RelayServerConfig;
import io.natconnector.stun.BindingServer;
import io.natconnector.stun.StaticCredentials;
import io.natconnector.stun.Transport;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.NatProfile;
import io.natconnector.testkit.VirtualInternet;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A cell on the virtual internet, with the lab's servers and delays, and the settings of a connector. */
final class VirtualCell {
    private static final Duration UPLINK = Duration.ofMillis(25);
    private static final Duration SETTLE = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final VirtualInternet net;
    private final List<RelayAccess> relays;
    private final VirtualEndpoint alice;
    private final VirtualEndpoint bob;

    private VirtualCell(Cell cell, long seed) {
        net = new VirtualInternet(seed);
        relays = relay("203.0.113.20");
        Stream.of("203.0.113.21", "203.0.113.30").forEach(address -> net.host(address, address).bind(new BindingServer(), 3478));
        alice = new VirtualEndpoint(net, home("alice", "198.51.100.1", "10.0.1.2", cell.a()));
        bob = new VirtualEndpoint(net, home("bob", "198.51.100.2", "10.0.2.2", cell.b()));
    }

    static Outcome outcome(Cell cell, long seed) {
        VirtualCell virtual = new VirtualCell(cell, seed);
        try {
            return virtual.connect();
        } finally {
            virtual.alice.close();
            virtual.bob.close();
            virtual.net.runFor(Duration.ofSeconds(1));
            virtual.net.close();
        }
    }

    /** Bob listens; his first word is the answer to Alice's. */
    private Outcome connect() {
        InetSocketAddress[] stunServers = Stream.of("203.0.113.20", "203.0.113.21", "203.0.113.30")
                .map(address -> new InetSocketAddress(address, 3478)).toArray(InetSocketAddress[]::new);
        bob.start(alice, relays, stunServers);
        net.runFor(Duration.ofSeconds(2));
        alice.start(bob, relays, stunServers);
        alice.connect();
        boolean connected = net.runUntil(() -> alice.path() != null && bob.path() != null || alice.hasEnded(), PATIENCE);
        boolean direct = connected && net.runUntil(() -> isDirect(alice) && isDirect(bob), SETTLE);
        return direct ? Outcome.DIRECT : alice.path() != null && bob.path() != null ? Outcome.RELAYED : Outcome.NONE;
    }

    private static boolean isDirect(VirtualEndpoint peer) {
        return peer.path() != null && !peer.path().isRelayed();
    }

    private Host home(String name, String address, String inside, NatProfile profile) {
        boolean open = profile == NatProfile.OPEN;
        Host host = net.host(name, open ? address : inside);
        if (!open) {
            host.behind(net.nat(name + "'s NAT", address).profile(profile));
        }
        host.access().delay(UPLINK);
        return host;
    }

    /** Over UDP, and over TCP for who may send no UDP. */
    private List<RelayAccess> relay(String name) {
        InetSocketAddress address = new InetSocketAddress(name, 3478);
        RelayServerConfig config = RelayServerConfig.builder("example.org", new StaticCredentials(Map.of("alice", "secret")))
                .listen(address).listen(Transport.TCP, address).relay(address.getAddress())
                .peers(PeerPolicy.builder().allow("198.51.100.0/24", "203.0.113.0/24").build()).build();
        Host host = net.host(name, name);
        host.run(new RelayServer(config, host.random(), 1_000_000, net.now()));
        return Stream.of(Transport.UDP, Transport.TCP).map(transport -> new RelayAccess(transport, address, "alice", "secret"))
                .toList();
    }
}
