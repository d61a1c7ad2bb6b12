package io.natconnector;

import static java.util.Objects.requireNonNull;

import io.natconnector.dtls.DtlsIdentity;
import io.natconnector.dtls.Handshakes;
import io.natconnector.mdns.MulticastLookup;
import io.natconnector.nat.SearchBudget;
import io.natconnector.session.SessionSettings;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/** How a {@link Connector} is to be. Wrong values are refused where they are given; what is built does not change afterwards. */
public final class ConnectorBuilder {
    private String name = "";
    private final List<ServerAddress> servers = new ArrayList<>();
    private final List<InetAddress> addresses = new ArrayList<>();
    private Signaling signaling;
    private KnownPeers knownPeers;
    private ServerTrust trust = ServerTrust.SYSTEM;
    private HttpProxy proxy;
    private boolean plaintext;
    private DtlsIdentity identity;
    private Duration connectTimeout = Duration.ofSeconds(20);
    private Duration recoveryTimeout = Duration.ofSeconds(30);
    private int port;
    private boolean portPerPeer;
    private boolean relayOnly;
    private boolean hideLocalAddresses;
    private boolean portMapping;
    private GatewayLookup gatewayLookup = GatewayLookup.SYSTEM;
    private int maxStrangers = 1000;
    private SearchBudget search = SearchBudget.DEFAULT;
    private Consumer<ConnectorEvent> observer;
    private EventLoopGroup eventLoopGroup;
    private UdpTransport transport;
    private NameLookup nameLookup = NameLookup.SYSTEM;
    private BiFunction<String, List<InetAddress>, List<InetAddress>> localNameLookup = new MulticastLookup()::lookup;

    ConnectorBuilder() { }

    /** The name that peers reach this one by. Needed with {@link #signaling}. */
    public ConnectorBuilder name(String ours) {
        if (ours.isEmpty()) {
            throw new IllegalArgumentException("a name has one character at least");
        }
        name = ours;
        return this;
    }

    /**
     * A server to ask for our address as others see it; add two to learn how the NAT maps. May be called more than once.
     *
     * @param server {@code HOST[:PORT]} or {@code stun:HOST[:PORT]} (RFC 7064); port 3478 if not given
     */
    public ConnectorBuilder stunServer(String server) {
        servers.add(ServerAddress.stun(server));
        return this;
    }

    /**
     * A TURN server to fall back on where no direct path exists. May be called more than once.
     *
     * <p>Those over TCP and TLS stand in where none over UDP answers, or where no other is given. A relay over TLS must show a
     * certificate for its name that the JVM trusts, or that {@link #trust} names.
     *
     * @param server {@code HOST[:PORT]}, {@code turn:HOST[:PORT][?transport=udp|tcp]} or {@code turns:HOST[:PORT]} for TLS (RFC
     *        7065); port 3478 if not given, 5349 for TLS
     */
    public ConnectorBuilder relay(String server, String username, String password) {
        servers.add(ServerAddress.relay(server, username, password));
        return this;
    }

    /** Believes relays over TLS that show one of these certificates, or one that these vouch for, and no others. */
    public ConnectorBuilder trust(X509Certificate... authorities) {
        trust = ServerTrust.of(List.of(authorities));
        return this;
    }

    /**
     * Reaches relays over TCP and TLS through an HTTP proxy, by its CONNECT method; most proxies allow that to port 443 alone.
     * Those over UDP are tried without it all the same. The proxy's name is looked up at once.
     *
     * @param server {@code HOST[:PORT]} or {@code http://[USER:PASSWORD@]HOST[:PORT]}; port 3128 if not given
     */
    public ConnectorBuilder proxy(String server) {
        proxy = HttpProxy.parse(server);
        return this;
    }

    /** What carries our words to peers by their names, and theirs to us. The connector starts and closes it. */
    public ConnectorBuilder signaling(Signaling carrier) {
        signaling = requireNonNull(carrier, "signaling");
        return this;
    }

    /**
     * Who we are to all peers: a P-256 key that the application keeps, so that peers may pin its fingerprint. If not given, a new
     * one is made for each connector.
     */
    public ConnectorBuilder identity(KeyPair keys) {
        identity = DtlsIdentity.of(keys);
        return this;
    }

    /**
     * Who peers reached by their names are known to be; if not given, each is trusted to be who its words say, so that all depends
     * on the signalling.
     */
    public ConnectorBuilder knownPeers(KnownPeers known) {
        knownPeers = requireNonNull(known, "knownPeers");
        return this;
    }

    /**
     * Sends what is written as it is: for payloads that bring their own encryption, as those of QUIC and WireGuard do, or need
     * none. Both sides must say so. If not given, everything is encrypted, and each side proves to be who its words say.
     */
    public ConnectorBuilder plaintext() {
        plaintext = true;
        return this;
    }

    /** How long to look for a first path; 20 s if not given, which lets slow signalling and poor networks do. */
    public ConnectorBuilder connectTimeout(Duration timeout) {
        connectTimeout = upToADay("a connect timeout", timeout);
        return this;
    }

    /**
     * How long to look for a new path when all are lost, before the channel is closed with {@link NatException.Reason#PATH_LOST};
     * 30 s if not given. It is how soon one knows that a peer has vanished, and how long a peer may be away: a channel with a
     * laptop that sleeps for longer ends, one that has so much time goes on when the laptop wakes up. Both sides wait as long as
     * each was told.
     */
    public ConnectorBuilder recoveryTimeout(Duration timeout) {
        recoveryTimeout = upToADay("a recovery timeout", timeout);
        return this;
    }

    private static Duration upToADay(String what, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("expected " + what + " above zero and up to a day, not " + timeout);
        }
        return timeout;
    }

    /** The local addresses to use, best first; all usable ones of the machine if not given. Loopback must be asked for. */
    public ConnectorBuilder bind(InetAddress... local) {
        for (InetAddress address : local) {
            if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
                throw new IllegalArgumentException("expected an address of this machine, not " + address.getHostAddress());
            }
            addresses.add(Interfaces.withoutZone(address));
        }
        return this;
    }

    /** The local UDP port, the same at each address; any free one if not given or 0. */
    public ConnectorBuilder port(int number) {
        if (number < 0 || number > 65_535) {
            throw new IllegalArgumentException("expected a port from 0 to 65535, not " + number);
        }
        port = number;
        return this;
    }

    /**
     * Gives each peer sockets of its own: some NATs make things hard for a port that many talk to, and no peer learns of an address
     * that another one uses. Costs a port per peer and address, and questions to the servers for each.
     */
    public ConnectorBuilder portPerPeer() {
        portPerPeer = true;
        return this;
    }

    /** Uses relayed addresses alone, and tells peers no others: keeps from them where we are. */
    public ConnectorBuilder relayOnly() {
        relayOnly = true;
        return this;
    }

    /**
     * Whether the home gateway is asked to open a port (PCP, NAT-PMP, UPnP), which makes direct paths possible behind most NATs;
     * no if not given, as it changes the configuration of somebody's router. Asked at the same time as the servers, and nothing
     * waits for the answer. The port is given back on closing.
     */
    public ConnectorBuilder portMapping(boolean wanted) {
        portMapping = wanted;
        return this;
    }

    /**
     * Tells peers a name, {@code UUID.local}, in the place of each address of a local network, as browsers do: peers in the same
     * network find us by it (mDNS, RFC 6762, over IPv4), others learn nothing of the network that we are in. For that the UDP port
     * 5353 is shared with who has it already.
     */
    public ConnectorBuilder hideLocalAddresses() {
        hideLocalAddresses = true;
        return this;
    }

    /**
     * What may be spent on a direct path where one side's NAT shows each destination another, random port: sockets there, probes
     * from the other side. {@link SearchBudget#DEFAULT} if not given, which succeeds nearly always within seconds, while data flows
     * over the relay; {@link SearchBudget#NONE} for no search.
     */
    public ConnectorBuilder search(SearchBudget budget) {
        search = requireNonNull(budget, "search");
        return this;
    }

    /** How many peers that nobody here has asked for may be there at a time, while listening; 1000 if not given. */
    public ConnectorBuilder maxStrangers(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("expected 0 or more, not " + count);
        }
        maxStrangers = count;
        return this;
    }

    /**
     * Tells what happens, to who counts, logs or traces it: {@code io.natconnector.metrics.ConnectorMetrics} is one. May be called
     * more than once. Events of the JVM's flight recorder need none: they are written while it runs.
     *
     * @param events called on the event loop: it must not block
     */
    public ConnectorBuilder observer(Consumer<ConnectorEvent> events) {
        observer = observer == null ? requireNonNull(events, "events") : observer.andThen(events);
        return this;
    }

    /**
     * Where to run; one of its event loops is used, and it is left open. If not given, the connector has one thread of its own.
     *
     * @param group of {@code NioIoHandler} or {@code EpollIoHandler}
     */
    public ConnectorBuilder eventLoopGroup(EventLoopGroup group) {
        eventLoopGroup = requireNonNull(group, "eventLoopGroup");
        return this;
    }

    ConnectorBuilder transport(UdpTransport kind) {
        transport = kind;
        return this;
    }

    ConnectorBuilder gatewayLookup(GatewayLookup lookup) {
        gatewayLookup = lookup;
        return this;
    }

    ConnectorBuilder localNameLookup(BiFunction<String, List<InetAddress>, List<InetAddress>> lookup) {
        localNameLookup = lookup;
        return this;
    }

    ConnectorBuilder nameLookup(NameLookup lookup) {
        nameLookup = lookup;
        return this;
    }

    /**
     * Opens the sockets, asks the servers and starts signalling, all in the background.
     *
     * @throws IllegalStateException if something is missing or does not go together
     */
    public Connector build() {
        if (plaintext && identity != null) {
            throw new IllegalStateException("an identity(...) can't be proved in plaintext(): choose either");
        }
        if (plaintext && knownPeers != null) {
            throw new IllegalStateException("in plaintext() nobody proves to be one of knownPeers(...): choose either");
        }
        if (signaling != null && name.isEmpty()) {
            throw new IllegalStateException("with signaling a name is needed: .name(\"alice\")");
        }
        if (relayOnly && servers.stream().noneMatch(server -> server.kind() == ServerReport.Kind.RELAY)) {
            throw new IllegalStateException("relayOnly() without a relay can never connect: add .relay(...)");
        }
        if (portPerPeer && port != 0) {
            throw new IllegalStateException("one port(...) can't be each peer's own: choose either port or portPerPeer");
        }
        SecureRandom random = new SecureRandom();
        DefaultConnector connector = new DefaultConnector(new Settings(name, List.copyOf(servers), List.copyOf(addresses),
                signaling, connectTimeout, recoveryTimeout, port, portPerPeer, relayOnly, hideLocalAddresses, search, maxStrangers,
                eventLoopGroup, transport, nameLookup, localNameLookup,
                portMapping && !relayOnly ? gatewayLookup : GatewayLookup.NONE, trust, proxy, random, security(random), observer));
        connector.start();
        return connector;
    }

    private Security security(SecureRandom random) {
        return plaintext ? null
                : new Security(identity != null ? identity : DtlsIdentity.generate(random), random, Handshakes.beside(),
                        knownPeers != null ? knownPeers : (peer, proved) -> Optional.empty());
    }

    /** What was chosen, as it stays. */
    record Settings(String name, List<ServerAddress> servers, List<InetAddress> addresses, Signaling signaling,
            Duration connectTimeout, Duration recoveryTimeout, int port, boolean portPerPeer, boolean relayOnly,
            boolean hideLocalAddresses, SearchBudget search, int maxStrangers, EventLoopGroup eventLoopGroup,
            UdpTransport transport, NameLookup nameLookup,
            BiFunction<String, List<InetAddress>, List<InetAddress>> localNameLookup, GatewayLookup gatewayLookup,
            ServerTrust trust, HttpProxy proxy, RandomGenerator random, Security security, Consumer<ConnectorEvent> observer) {
        SessionSettings sessions() {
            return SessionSettings.DEFAULT.withConnectTimeout(connectTimeout.toNanos())
                    .withRecoveryTimeout(recoveryTimeout.toNanos()).withRelayOnly(relayOnly).withSearch(search)
                    .withHiddenHosts(hideLocalAddresses);
        }

        ConnectionSettings connections() {
            return new ConnectionSettings(null, trust, proxy, ConnectionLimits.USUAL);
        }
    }
}
