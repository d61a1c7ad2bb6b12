package io.natconnector.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.natconnector.ice.CandidateType;
import io.natconnector.ice.IcePath;
import io.natconnector.nat.SearchBudget;
import io.natconnector.relay.PeerPolicy;
import io.natconnector.relay.RelayAccess;
import io.natconnector.relay.RelayServer;
import io.natconnector.relay.RelayServerConfig;
import io.natconnector.stun.BindingServer;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.StaticCredentials;
import io.natconnector.stun.Transport;
import io.natconnector.testkit.Behavior;
import io.natconnector.testkit.Host;
import io.natconnector.testkit.Nat;
import io.natconnector.testkit.NatProfile;
import io.natconnector.testkit.Program;
import io.natconnector.testkit.VirtualInternet;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Alice and Bob at home, each behind a NAT of its own or the same one, and a STUN server on the public internet. Uplinks take 25 ms
 * one way; servers are right at the core.
 */
final class Homes {
    static final Duration UPLINK = Duration.ofMillis(25);
    private static final InetSocketAddress STUN = new InetSocketAddress("203.0.113.10", 3478);
    private static final InetSocketAddress TURN = new InetSocketAddress("203.0.113.20", 3478);
    private static final InetSocketAddress TURN2 = new InetSocketAddress("203.0.113.21", 3478);
    private static final InetSocketAddress TURN3 = new InetSocketAddress("203.0.113.22", 3478);

    final VirtualInternet net;
    final VirtualPeer alice;
    final VirtualPeer bob;
    final Nat natA;
    final Nat natB;
    final List<RelayAccess> relays = new ArrayList<>();
    final List<InetSocketAddress> stunServers = new ArrayList<>(List.of(STUN));

    private final Map<Host, RelayServer> servers = new HashMap<>();
    private final Host stunHost;
    private Host relayHost;
    private Host secondRelayHost;
    private Host thirdRelayHost;
    private RelayServer relayServer;
    private Program relayProgram;

    private Homes(VirtualInternet net, Nat natA, Nat natB, Host hostA, Host hostB) {
        this(net, natA, natB, hostA, hostB, null);
    }

    private Homes(VirtualInternet net, Nat natA, Nat natB, Host hostA, Host hostB, Function<String, Encryption> encryption) {
        this.net = net;
        this.natA = natA;
        this.natB = natB;
        this.alice = new VirtualPeer(net, hostA, encryption == null ? null : encryption.apply("alice"));
        this.bob = new VirtualPeer(net, hostB, encryption == null ? null : encryption.apply("bob"));
        stunHost = net.host("stun", "203.0.113.10");
        stunHost.bind(new BindingServer(), STUN.getPort());
        hostA.access().delay(UPLINK);
        hostB.access().delay(UPLINK);
    }

    static Homes behind(long seed, NatProfile a, NatProfile b) {
        VirtualInternet net = new VirtualInternet(seed);
        Nat natA = a == NatProfile.OPEN ? null : net.nat("natA", "198.51.100.1").profile(a);
        Nat natB = b == NatProfile.OPEN ? null : net.nat("natB", "198.51.100.2").profile(b);
        Host hostA = natA == null ? net.host("alice", "198.51.100.1") : net.host("alice", "10.0.1.2").behind(natA);
        Host hostB = natB == null ? net.host("bob", "198.51.100.2") : net.host("bob", "10.0.2.2").behind(natB);
        return new Homes(net, natA, natB, hostA, hostB);
    }

    /** Two ordinary homes whose sessions encrypt; {@code null} for one that does not. */
    static Homes encrypted(long seed, Function<String, Encryption> encryption) {
        VirtualInternet net = new VirtualInternet(seed);
        Nat natA = net.nat("natA", "198.51.100.1").profile(NatProfile.PORT_RESTRICTED);
        Nat natB = net.nat("natB", "198.51.100.2").profile(NatProfile.PORT_RESTRICTED);
        return new Homes(net, natA, natB, net.host("alice", "10.0.1.2").behind(natA), net.host("bob", "10.0.2.2").behind(natB),
                encryption);
    }

    /** Both with IPv6 as well, which the routers let through untranslated, behind stateful firewalls. */
    static Homes dualStack(long seed, NatProfile a, NatProfile b) {
        VirtualInternet net = new VirtualInternet(seed);
        Nat natA = net.nat("natA", "198.51.100.1").profile(a).firewall(Behavior.ADDRESS_AND_PORT_DEPENDENT);
        Nat natB = net.nat("natB", "198.51.100.2").profile(b).firewall(Behavior.ADDRESS_AND_PORT_DEPENDENT);
        return new Homes(net, natA, natB, net.host("alice", "10.0.1.2", "2001:db8:1::2").behind(natA),
                net.host("bob", "10.0.2.2", "2001:db8:2::2").behind(natB));
    }

    static Homes behindTheSame(long seed, NatProfile profile) {
        VirtualInternet net = new VirtualInternet(seed);
        Nat nat = net.nat("nat", "198.51.100.1").profile(profile);
        return new Homes(net, nat, nat, net.host("alice", "10.0.1.2").behind(nat), net.host("bob", "10.0.1.3").behind(nat));
    }

    /** Two homes with a router each, below one carrier's NAT. */
    static Homes behindOneCarrier(long seed, boolean hairpin) {
        VirtualInternet net = new VirtualInternet(seed);
        Nat carrier = net.nat("carrier", "198.51.100.1").profile(NatProfile.CONE.withHairpin(hairpin));
        Nat natA = net.nat("natA", "100.64.0.2").profile(NatProfile.PORT_RESTRICTED).behind(carrier);
        Nat natB = net.nat("natB", "100.64.0.3").profile(NatProfile.PORT_RESTRICTED).behind(carrier);
        return new Homes(net, natA, natB, net.host("alice", "10.0.1.2").behind(natA), net.host("bob", "10.0.2.2").behind(natB));
    }

    /** A relay on the public internet, which both may use. */
    Homes withRelay() {
        relayHost = relay("turn", TURN);
        return this;
    }

    Homes withSecondRelay() {
        secondRelayHost = relay("turn2", TURN2);
        return this;
    }

    Homes withThirdRelay() {
        thirdRelayHost = relay("turn3", TURN3);
        return this;
    }

    /** How far a relay is from the two homes, one way, beyond their uplinks. */
    Homes distances(Host relay, int toAliceMillis, int toBobMillis) {
        String address = relay.address().getHostAddress();
        net.distance("198.51.100.1", address, Duration.ofMillis(toAliceMillis));
        net.distance("198.51.100.2", address, Duration.ofMillis(toBobMillis));
        return this;
    }

    /** The relay is also reached over TCP or TLS; with or without UDP. */
    Homes withRelayOver(Transport transport, boolean udp) {
        if (!udp) {
            relays.clear();
        }
        relays.add(new RelayAccess(transport, TURN, "alice", "secret"));
        return this;
    }

    /** As when its process is killed and started again. */
    void restartRelay() {
        stopRelay();
        startRelay(relayHost, TURN);
    }

    void stopRelay() {
        relayProgram.stop();
        relayServer.close(net.now());
        for (Datagram left; (left = relayServer.pollTransmit()) != null; ) {
            left.payload().release();
        }
    }

    private Host relay(String name, InetSocketAddress address) {
        Host host = net.host(name, address.getAddress().getHostAddress());
        startRelay(host, address);
        relays.add(new RelayAccess(Transport.UDP, address, "alice", "secret"));
        return host;
    }

    private void startRelay(Host host, InetSocketAddress address) {
        StaticCredentials users = new StaticCredentials(Map.of("alice", "secret"));
        RelayServerConfig config = RelayServerConfig.builder("example.org", users).listen(address)
                .listen(Transport.TCP, address).listen(Transport.TLS, address).relay(address.getAddress())
                .peers(PeerPolicy.builder().allow("198.51.100.0/24", "203.0.113.0/24").build())
                .alternate(TURN2).build();
        relayServer = new RelayServer(config, host.random(), 1_000_000, net.now());
        servers.put(host, relayServer);
        relayProgram = host.run(relayServer);
    }

    /** The one that alice's data goes through. */
    Host relayInUse() {
        IcePath path = alice.path();
        InetSocketAddress relayed = path.local().type() == CandidateType.RELAYED ? path.from() : path.to();
        return servers.keySet().stream().filter(host -> host.address().equals(relayed.getAddress())).findAny().orElseThrow();
    }

    /** The first relay goes out of service within that time; both know of it alone, and it knows of the second. */
    RelayServer drainRelay(Duration within) {
        RelayServer server = servers.get(relayHost);
        relayHost.mutate(server, now -> server.drain(within, now));
        return server;
    }

    /** Two relays, the second of which the peers know nothing of. */
    Homes withRelayAndItsAlternate() {
        withRelay().withSecondRelay();
        relays.remove(1);
        return this;
    }

    /** Only what ordinary checks can reach. */
    Homes withoutSearch() {
        alice.settings(SessionSettings.DEFAULT.withSearch(SearchBudget.NONE));
        bob.settings(SessionSettings.DEFAULT.withSearch(SearchBudget.NONE));
        return this;
    }

    /** Loss on each link, each way. */
    Homes loss(double probability) {
        alice.host.access().loss(probability);
        bob.host.access().loss(probability);
        return this;
    }

    /** Both start at 0; or bob later. */
    Homes connect(Duration bobLater) {
        alice.start(stunServers, relays).connect(bob);
        net.after(bobLater, () -> bob.start(stunServers, relays).connect(alice));
        return this;
    }

    /** Each says something that the other hears. */
    void bothCanTalk() {
        int before = alice.received.size() + bob.received.size();
        alice.send("from alice");
        bob.send("from bob");
        assertThat(net.runUntil(() -> alice.received.size() + bob.received.size() == before + 2, Duration.ofSeconds(1)))
                .as(() -> alice.path() + ", " + bob.path() + "\n" + net.trace()).isTrue();
        assertThat(alice.received).endsWith("from bob");
        assertThat(bob.received).endsWith("from alice");
    }

    /** Closes everything; nothing may be left open. */
    void close() {
        alice.closeIfStarted();
        bob.closeIfStarted();
        net.runFor(Duration.ofSeconds(1));
        net.close();
    }

    Host stunHost() {
        return stunHost;
    }

    Host relayHost() {
        return relayHost;
    }

    Host secondRelayHost() {
        return secondRelayHost;
    }

    Host thirdRelayHost() {
        return thirdRelayHost;
    }

    boolean bothConnected() {
        return alice.isConnected() && bob.isConnected();
    }

    long bothConnectedAt() {
        return Math.max(alice.connectedAt(), bob.connectedAt());
    }
}
