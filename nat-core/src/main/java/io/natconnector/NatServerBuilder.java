package io.natconnector;

import static java.util.Objects.requireNonNull;

import io.natconnector.relay.PeerPolicy;
import io.natconnector.relay.RelayServerConfig;
import io.natconnector.relay.RelayServerConfig.ListenAddress;
import io.natconnector.relay.RelayServerEvent;
import io.natconnector.stun.BindingOptions;
import io.natconnector.stun.CredentialStore;
import io.natconnector.stun.PasswordAlgorithm;
import io.natconnector.stun.RestCredentials;
import io.natconnector.stun.StaticCredentials;
import io.natconnector.stun.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** How a {@link NatServer} is to be. Every default is the safe one. */
public final class NatServerBuilder {
    private final List<ListenAddress> listen = new ArrayList<>();
    private final Map<String, String> users = new LinkedHashMap<>();
    private final List<InetAddress> relayAddresses = new ArrayList<>();
    private final List<InetAddress> externalAddresses = new ArrayList<>();
    private final PeerPolicy.Builder peers = PeerPolicy.builder();
    private final List<String> restSecrets = new ArrayList<>();
    private Path certificates;
    private Path key;
    private boolean selfSigned;
    private ConnectionLimits limits = ConnectionLimits.USUAL;
    private String realm = "nat";
    private int firstPort = 49_152;
    private int lastPort = 65_535;
    private int perUser = 40;
    private int perNetwork = 50;
    private int allocations = 10_000;
    private long bytesPerSecond;
    private boolean answersBinding = true;
    private final List<InetSocketAddress> alternates = new ArrayList<>();
    private Consumer<RelayServerEvent> listener = new AllocationLog();
    private InetSocketAddress second;
    private Consumer<RelayServerConfig.Builder> more = config -> { };
    private EventLoopGroup eventLoopGroup;

    NatServerBuilder() { }

    NatServerBuilder limits(ConnectionLimits other) {
        limits = other;
        return this;
    }

    /**
     * Listens there for UDP; may be called more than once. {@code 0.0.0.0} stands for each IPv4 address that the machine has now,
     * and {@code ::} for each IPv6 one: one socket per address, so that an answer leaves from where the question came in.
     *
     * @param address port 0 for any free one
     */
    public NatServerBuilder listen(InetSocketAddress address) {
        return listen(Transport.UDP, address);
    }

    /** Listens there for TCP, as {@link #listen} does for UDP; the port is usually the same. */
    public NatServerBuilder listenTcp(InetSocketAddress address) {
        return listen(Transport.TCP, address);
    }

    /** Listens there for TLS 1.2 and 1.3, which needs a certificate. The usual port is 5349; most firewalls let 443 through. */
    public NatServerBuilder listenTls(InetSocketAddress address) {
        return listen(Transport.TLS, address);
    }

    /** Listens there for DTLS 1.2 over UDP, which needs a certificate with an EC or RSA key. The usual port is 5349. */
    public NatServerBuilder listenDtls(InetSocketAddress address) {
        return listen(Transport.DTLS, address);
    }

    private NatServerBuilder listen(Transport transport, InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("expected an address of this machine, the name can't be resolved: " + address);
        }
        listen.add(new ListenAddress(transport, address));
        return this;
    }

    /**
     * What is shown to clients over TLS and DTLS. The files are read again when they have changed, so that a new certificate needs
     * no new start; connections that stand go on.
     *
     * @param pem the server's own certificate first, then those that vouch for it
     * @param keyPem its private key, without a password
     */
    public NatServerBuilder certificate(Path pem, Path keyPem) {
        certificates = requireNonNull(pem, "pem");
        key = requireNonNull(keyPem, "keyPem");
        return this;
    }

    /** Shows a certificate that nobody vouches for, made anew at each start: for tests. */
    public NatServerBuilder selfSignedCertificate() {
        selfSigned = true;
        return this;
    }

    /**
     * How many TCP and TLS connections of clients there may be at a time; 10000, and 200 of one IPv4 address or IPv6 /64, if not
     * given. Those beyond are closed at once.
     */
    public NatServerBuilder maxConnections(int total, int perNetwork) {
        if (total < 1 || perNetwork < 1) {
            throw new IllegalArgumentException("expected one connection at least, not " + total + " and " + perNetwork);
        }
        limits = new ConnectionLimits(total, perNetwork, limits.patience());
        return this;
    }

    /** A user whom to relay for; may be called more than once. */
    public NatServerBuilder user(String name, String password) {
        if (users.putIfAbsent(requireNonNull(name, "name"), requireNonNull(password, "password")) != null) {
            throw new IllegalArgumentException("user " + name + " is there already");
        }
        return this;
    }

    /**
     * Relays for users whose names and passwords somebody else makes by a secret shared with us, for a limited time: name
     * {@code EXPIRY:ANYTHING}, password {@code base64(HMAC-SHA1(secret, name))}. May be called twice, while one secret replaces the
     * other.
     */
    public NatServerBuilder restSecret(String secret) {
        if (restSecrets.size() == 2) {
            throw new IllegalArgumentException("expected two secrets at most, one that replaces the other");
        }
        restSecrets.add(requireNonNull(secret, "secret"));
        return this;
    }

    /** What users' names belong to; {@code nat} if not given. */
    public NatServerBuilder realm(String name) {
        realm = requireNonNull(name, "realm");
        return this;
    }

    /** Ports to relay from, both included; 49152 to 65535 if not given. */
    public NatServerBuilder relayPorts(int first, int last) {
        if (first < 1024 || last > 65_535 || first > last) {
            throw new IllegalArgumentException("expected ports from 1024 to 65535, not " + first + " to " + last);
        }
        firstPort = first;
        lastPort = last;
        return this;
    }

    /**
     * An address of this machine to relay from, one for each family; of a family that none is given of, one that it listens at, its
     * best one first.
     */
    public NatServerBuilder relayAddress(InetAddress address) {
        relayAddresses.add(address);
        return this;
    }

    /** Under what address the world sees the relay address of that family: for a machine behind a one-to-one NAT. */
    public NatServerBuilder externalAddress(InetAddress address) {
        externalAddresses.add(address);
        return this;
    }

    /**
     * How many allocations there may be at a time: of one user (40 if not given), from one IPv4 address or IPv6 network of /64
     * (50), and in all (10 000).
     */
    public NatServerBuilder quotas(int ofOneUser, int fromOneNetwork, int inAll) {
        perUser = positive(ofOneUser);
        perNetwork = positive(fromOneNetwork);
        allocations = positive(inAll);
        return this;
    }

    private static int positive(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("expected 1 or more, not " + number);
        }
        return number;
    }

    /** Bytes a second that one allocation may relay, both ways together, what is beyond being dropped; 0, as if not given: any. */
    public NatServerBuilder bytesPerSecond(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("expected 0 or more, not " + bytes);
        }
        bytesPerSecond = bytes;
        return this;
    }

    /**
     * Another server, for clients that there is no room for here, or not any more; the first of a client's family counts. Give the
     * one that serves the same users.
     */
    public NatServerBuilder alternateServer(InetSocketAddress server) {
        if (server.isUnresolved() || server.getPort() == 0 || server.getAddress().isAnyLocalAddress()) {
            throw new IllegalArgumentException("expected an address that clients can go to, not " + server);
        }
        alternates.add(server);
        return this;
    }

    /** Whether it is a STUN server for everybody; yes if not given. If not, it is a relay for its users alone. */
    public NatServerBuilder answersBinding(boolean wanted) {
        answersBinding = wanted;
        return this;
    }

    /**
     * Relays to these addresses too, although they are not public. May be called more than once.
     *
     * @param block as {@code 10.0.0.0/8}, {@code fd00:1::/32}, or one address
     */
    public NatServerBuilder allowPeer(String block) {
        peers.allow(block);
        return this;
    }

    /**
     * Tells of each allocation that is made, refreshed and ended, to who bills, audits or watches them. The logger
     * {@code io.natconnector.allocations} writes a line of each in any case, where it is on.
     *
     * @param events called on the event loop: it must not block. What it throws is logged
     */
    public NatServerBuilder allocationListener(Consumer<RelayServerEvent> events) {
        listener = listener.andThen(requireNonNull(events, "events"));
        return this;
    }

    /**
     * Helps clients to find out what their NATs do (RFC 5780), which takes a second address and a second port: answers then leave
     * from where the client wants them to leave. Off if not given.
     *
     * @param address of this machine, and as clients reach it; other than the UDP address that is listened at, in both IP address
     *        and port
     */
    public NatServerBuilder secondAddress(InetSocketAddress address) {
        second = requireNonNull(address, "address");
        return this;
    }

    /** What else a relay server can be told, such as {@code config -> config.mobility(true)}. Has the last word. */
    public NatServerBuilder relay(Consumer<RelayServerConfig.Builder> settings) {
        more = more.andThen(requireNonNull(settings, "settings"));
        return this;
    }

    /** Where to run; one of its event loops is used, and it is left open. If not given, the server has a thread of its own. */
    public NatServerBuilder eventLoopGroup(EventLoopGroup group) {
        eventLoopGroup = requireNonNull(group, "eventLoopGroup");
        return this;
    }

    /**
     * Opens the sockets.
     *
     * @throws IOException if one can't be opened, or if the certificate can't be read
     * @throws IllegalStateException if something is missing
     */
    public NatServer start() throws IOException {
        if (listen.isEmpty()) {
            throw new IllegalStateException("where to listen? For example .listen(new InetSocketAddress(\"0.0.0.0\", 3478))");
        }
        Set<ListenAddress> listeners = expand();
        BindingOptions binding = BindingOptions.DEFAULT.withClassic(false);
        if (second != null) {
            binding = binding.withAlternate(primary(listeners), second);
            binding.alternate().sockets().forEach(socket -> listeners.add(new ListenAddress(Transport.UDP, socket)));
        }
        Set<InetSocketAddress> sockets = new LinkedHashSet<>();
        listeners.forEach(listener -> sockets.add(listener.address()));
        ConnectionSettings connections = new ConnectionSettings(shown(listeners), ServerTrust.SYSTEM, null, limits);
        RelayServerConfig.Builder config = RelayServerConfig.builder(realm, credentials()).peers(peers.build())
                .ports(firstPort, lastPort).quotas(perUser, perNetwork, allocations).bytesPerSecond(bytesPerSecond)
                .answersBinding(answersBinding).events(true);
        config.binding(binding);
        listeners.forEach(listener -> config.listen(listener.transport(), listener.address()));
        alternates.forEach(config::alternate);
        for (InetAddress from : relayFrom(sockets)) {
            config.relay(from, externalAddresses.stream().filter(address -> isSameFamily(address, from)).findFirst().orElse(from));
        }
        more.accept(config);
        Loop loop = eventLoopGroup != null ? Loop.of(eventLoopGroup) : Loop.start("nat-server", null);
        NatServer server;
        try {
            config.keepsWhole(loop.transport().keepsWhole());
            server = new NatServer(loop, config.build(), connections, listeners.size(), new SecureRandom(), listener);
        } catch (RuntimeException e) {
            loop.end();
            throw e;
        }
        server.open(String.join(", ", listeners.stream()
                .map(each -> each.transport() + " " + io.natconnector.Path.text(each.address())).toList()));
        return server;
    }

    private ServerCertificates shown(Set<ListenAddress> listeners) throws IOException {
        boolean dtls = listeners.stream().anyMatch(each -> each.transport() == Transport.DTLS);
        if (!dtls && listeners.stream().noneMatch(each -> each.transport() == Transport.TLS)) {
            return null;
        }
        if (certificates != null) {
            return ServerCertificates.of(certificates, key);
        }
        if (!selfSigned) {
            throw new IllegalStateException("TLS and DTLS need .certificate(pem, keyPem), or .selfSignedCertificate() for tests");
        }
        List<InetAddress> addresses = listeners.stream().map(each -> each.address().getAddress()).distinct().toList();
        return ServerCertificates.of(ServerCertificate.selfSigned(List.of("localhost"), addresses, new SecureRandom()));
    }

    private InetSocketAddress primary(Set<ListenAddress> listeners) {
        return listeners.stream().filter(each -> each.transport() == Transport.UDP && each.address().getPort() != 0
                && isSameFamily(each.address().getAddress(), second.getAddress())).findFirst().map(ListenAddress::address)
                .orElseThrow(() -> new IllegalStateException("a second address needs a first one, for UDP, of its family"));
    }

    private Set<ListenAddress> expand() {
        Set<ListenAddress> all = new LinkedHashSet<>();
        for (ListenAddress each : listen) {
            InetSocketAddress address = each.address();
            if (address.getAddress().isAnyLocalAddress()) {
                Interfaces.everything().stream().filter(local -> isSameFamily(local, address.getAddress())).forEach(local ->
                        all.add(new ListenAddress(each.transport(), new InetSocketAddress(local, address.getPort()))));
            } else {
                all.add(new ListenAddress(each.transport(),
                        new InetSocketAddress(Interfaces.withoutZone(address.getAddress()), address.getPort())));
            }
        }
        return all;
    }

    /** One address per family: as configured, else one that is listened at, the best of the machine first. */
    private List<InetAddress> relayFrom(Set<InetSocketAddress> sockets) {
        List<InetAddress> candidates = new ArrayList<>(relayAddresses);
        Set<InetAddress> listened = new LinkedHashSet<>();
        sockets.forEach(socket -> listened.add(socket.getAddress()));
        Interfaces.usable(List.of()).stream().filter(listened::contains).forEach(candidates::add);
        candidates.addAll(listened);
        List<InetAddress> chosen = new ArrayList<>();
        for (InetAddress candidate : candidates) {
            if (chosen.stream().noneMatch(address -> isSameFamily(address, candidate))) {
                chosen.add(candidate);
            }
        }
        return chosen;
    }

    private static boolean isSameFamily(InetAddress a, InetAddress b) {
        return a instanceof Inet6Address == b instanceof Inet6Address;
    }

    private CredentialStore credentials() {
        StaticCredentials known = new StaticCredentials(users);
        RestCredentials timed = restSecrets.isEmpty() ? null : new RestCredentials(restSecrets, RestCredentials.DEFAULT_MAX_TTL);
        return timed == null ? known : new CredentialStore() {
            @Override
            public List<byte[]> keys(String username, String realm, PasswordAlgorithm algorithm, long epochSeconds) {
                List<byte[]> keys = known.keys(username, realm, algorithm, epochSeconds);
                return keys.isEmpty() ? timed.keys(username, realm, algorithm, epochSeconds) : keys;
            }
        };
    }
}
