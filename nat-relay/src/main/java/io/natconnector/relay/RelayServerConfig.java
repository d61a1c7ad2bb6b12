package io.natconnector.relay;

import io.natconnector.stun.Authenticator;
import io.natconnector.stun.BindingOptions;
import io.natconnector.stun.CredentialStore;
import io.natconnector.stun.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a {@link RelayServer} is told at construction. Every default is the safe one; a realm, an address to listen at, an address
 * to relay from and the users have none and must be given.
 *
 * <p>Immutable.
 */
public final class RelayServerConfig {
    /**
     * Where clients reach the server.
     *
     * @param transport UDP, or a stream whose driver cuts it into messages (RFC 8656, section 3.1)
     * @param address to bind; port 0 for any
     */
    public record ListenAddress(Transport transport, InetSocketAddress address) { }

    /**
     * An address to relay from.
     *
     * @param local what sockets are bound to; no wildcard
     * @param advertised what clients and peers are told, where a one-to-one NAT stands in between; else the same
     */
    public record RelayAddress(InetAddress local, InetAddress advertised) {
        public RelayAddress {
            if (local.isAnyLocalAddress() || advertised.isAnyLocalAddress() || local.getClass() != advertised.getClass()) {
                throw new IllegalArgumentException("relay from one address, and advertise one of its family: " + local + ", "
                        + advertised);
            }
        }
    }

    private final Builder settings;

    private RelayServerConfig(Builder settings) {
        this.settings = settings;
    }

    /**
     * @param realm what users' names belong to; each four characters beyond eleven make the answer to strangers four bytes longer
     * @param credentials the users; there are no default ones
     */
    public static Builder builder(String realm, CredentialStore credentials) {
        return new Builder(realm, credentials);
    }

    String realm() {
        return settings.realm;
    }

    CredentialStore credentials() {
        return settings.credentials;
    }

    List<ListenAddress> listenAddresses() {
        return settings.listen;
    }

    List<RelayAddress> relayAddresses() {
        return settings.relay;
    }

    int minPort() {
        return settings.minPort;
    }

    int maxPort() {
        return settings.maxPort;
    }

    PeerPolicy peers() {
        return settings.peers;
    }

    BindingOptions binding() {
        return settings.binding;
    }

    boolean answersBinding() {
        return settings.answersBinding;
    }

    int allocationsPerUser() {
        return settings.allocationsPerUser;
    }

    int allocationsPerNetwork() {
        return settings.allocationsPerNetwork;
    }

    int allocations() {
        return settings.allocations;
    }

    int permissions() {
        return settings.permissions;
    }

    int channels() {
        return settings.channels;
    }

    long lifetimeSeconds() {
        return settings.lifetime.toSeconds();
    }

    long maxLifetimeSeconds() {
        return settings.maxLifetime.toSeconds();
    }

    long nonceLifetimeSeconds() {
        return settings.nonceLifetime.toSeconds();
    }

    long bytesPerSecond() {
        return settings.bytesPerSecond;
    }

    int challengesPerSecond() {
        return settings.challengesPerSecond;
    }

    boolean events() {
        return settings.events;
    }

    int lastChannel() {
        return settings.oldChannels ? ChannelData.LAST_OLD_CHANNEL : ChannelData.LAST_CHANNEL;
    }

    List<InetSocketAddress> alternates() {
        return settings.alternates;
    }

    RelayFeatures features() {
        return settings.features;
    }

    Authenticator.Offer offer() {
        return settings.offer;
    }

    /** Collects the settings. */
    public static final class Builder {
        private final String realm;
        private final CredentialStore credentials;
        private List<ListenAddress> listen = new ArrayList<>();
        private List<RelayAddress> relay = new ArrayList<>();
        private int minPort = 49_152;
        private int maxPort = 65_535;
        private PeerPolicy peers = PeerPolicy.PUBLIC_ONLY;
        private BindingOptions binding = BindingOptions.DEFAULT.withClassic(false);
        private boolean answersBinding = true;
        private int allocationsPerUser = 40;
        private int allocationsPerNetwork = 50;
        private int allocations = 10_000;
        private int permissions = 64;
        private int channels = 64;
        private Duration lifetime = Duration.ofSeconds(600);
        private Duration maxLifetime = Duration.ofSeconds(3600);
        private Duration nonceLifetime = Duration.ofSeconds(600);
        private long bytesPerSecond;
        private int challengesPerSecond = 10;
        private boolean oldChannels;
        private List<InetSocketAddress> alternates = new ArrayList<>();
        private RelayFeatures features = RelayFeatures.USUAL;
        private boolean events;
        private Authenticator.Offer offer = Authenticator.Offer.RELIABLE;

        private Builder(String realm, CredentialStore credentials) {
            if (realm.isBlank() || realm.length() > 127) {
                throw new IllegalArgumentException("a realm is 1 to 127 characters long: '" + realm + "'");
            }
            this.realm = realm;
            this.credentials = Objects.requireNonNull(credentials, "credentials");
        }

        private Builder(Builder other) {
            this(other.realm, other.credentials);
            listen = List.copyOf(other.listen);
            relay = List.copyOf(other.relay);
            minPort = other.minPort;
            maxPort = other.maxPort;
            peers = other.peers;
            binding = other.binding;
            answersBinding = other.answersBinding;
            allocationsPerUser = other.allocationsPerUser;
            allocationsPerNetwork = other.allocationsPerNetwork;
            allocations = other.allocations;
            permissions = other.permissions;
            channels = other.channels;
            lifetime = other.lifetime;
            maxLifetime = other.maxLifetime;
            nonceLifetime = other.nonceLifetime;
            bytesPerSecond = other.bytesPerSecond;
            challengesPerSecond = other.challengesPerSecond;
            oldChannels = other.oldChannels;
            alternates = List.copyOf(other.alternates);
            features = other.features;
            events = other.events;
            offer = other.offer;
        }

        /** Listens there for UDP. */
        public Builder listen(InetSocketAddress address) {
            return listen(Transport.UDP, address);
        }

        public Builder listen(Transport transport, InetSocketAddress address) {
            listen.add(new ListenAddress(transport, address));
            return this;
        }

        /** Relays from this address. The first one of each family serves it. */
        public Builder relay(InetAddress address) {
            return relay(address, address);
        }

        /** Relays from {@code local} and says {@code advertised}: for a server behind a one-to-one NAT, as in most clouds. */
        public Builder relay(InetAddress local, InetAddress advertised) {
            relay.add(new RelayAddress(local, advertised));
            return this;
        }

        /** Ports to relay from, both ends included; 49152 to 65535 unless set (RFC 8656, section 7.2). */
        public Builder ports(int min, int max) {
            if (min < 1024 || max > 65_535 || min > max) {
                throw new IllegalArgumentException("ports are 1024 to 65535, not " + min + " to " + max);
            }
            minPort = min;
            maxPort = max;
            return this;
        }

        /** Whom to relay to; {@link PeerPolicy#PUBLIC_ONLY} unless set. */
        public Builder peers(PeerPolicy policy) {
            peers = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** How Binding requests are answered. Unless set those of RFC 3489 are not: without a cookie nearly anything is one. */
        public Builder binding(BindingOptions options) {
            binding = Objects.requireNonNull(options, "options");
            return this;
        }

        /** Whether Binding requests are answered at all; yes unless set. Without, it is a relay for its users alone. */
        public Builder answersBinding(boolean wanted) {
            answersBinding = wanted;
            return this;
        }

        /**
         * Allocations of one user (40), from one network, that is an IPv4 address or an IPv6 /64 (50), and in all (10 000). One
         * user has several devices, and each allocates once for each of its addresses and ways to the server.
         */
        public Builder quotas(int perUser, int perNetwork, int total) {
            allocationsPerUser = positive(perUser);
            allocationsPerNetwork = positive(perNetwork);
            allocations = positive(total);
            return this;
        }

        /** Permissions and channels of one allocation; 64 each unless set. */
        public Builder peersPerAllocation(int permissions, int channels) {
            this.permissions = positive(permissions);
            this.channels = positive(channels);
            return this;
        }

        /**
         * How long an allocation lasts without refresh: at least {@code usual} (600 s), which is what a client gets that asks for
         * less or does not ask, and at most {@code longest} (3600 s).
         */
        public Builder lifetimes(Duration usual, Duration longest) {
            if (usual.toSeconds() < 1 || usual.compareTo(longest) > 0) {
                throw new IllegalArgumentException("lifetimes must be 1 s or more, and rise: " + usual + ", " + longest);
            }
            lifetime = usual;
            maxLifetime = longest;
            return this;
        }

        /** How long a nonce is good for; 600 s unless set, one hour at most. */
        public Builder nonceLifetime(Duration lifetime) {
            nonceLifetime = Objects.requireNonNull(lifetime, "lifetime");
            return this;
        }

        /** Bytes of payload a second that one allocation may relay, both ways together; 0, the default, for no limit. */
        public Builder bytesPerSecond(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("bytes per second must be 0 or more, not " + bytes);
            }
            bytesPerSecond = bytes;
            return this;
        }

        /** How many errors a second a source gets that did not prove itself; 10 unless set, 0 for no limit. */
        public Builder challengesPerSecond(int challenges) {
            if (challenges < 0) {
                throw new IllegalArgumentException("challenges per second must be 0 or more, not " + challenges);
            }
            challengesPerSecond = challenges;
            return this;
        }

        /**
         * Whether clients may bind channels 0x5000 to 0x7FFF, as RFC 5766 let them and some still do. Off unless set: RFC 8656,
         * section 12 has taken them away.
         */
        public Builder oldChannels(boolean allowed) {
            oldChannels = allowed;
            return this;
        }

        /**
         * Whether the server tells of its allocations by {@link RelayServer#pollEvent}. Off unless set, as what nobody polls would
         * pile up.
         */
        public Builder events(boolean wanted) {
            events = wanted;
            return this;
        }

        /**
         * Another server for clients that there is no room for here, or not any more (ALTERNATE-SERVER; RFC 8489, section 10). The
         * first of the client's family counts.
         */
        public Builder alternate(InetSocketAddress server) {
            if (server.isUnresolved() || server.getPort() == 0 || server.getAddress().isAnyLocalAddress()) {
                throw new IllegalArgumentException("clients can't go to " + server);
            }
            alternates.add(server);
            return this;
        }

        /**
         * Whether clients may take their allocations along to other addresses of theirs (RFC 8016). Off unless set: whoever has got
         * hold of a user's password could then take over what he has, too.
         */
        public Builder mobility(boolean allowed) {
            features = features.withMobility(allowed);
            return this;
        }

        /**
         * Whether TCP connections are relayed, too, for clients that come by TCP or TLS (RFC 6062); yes unless set. Whom to is the
         * peer policy's question, as ever.
         */
        public Builder tcpRelay(boolean allowed) {
            features = features.withTcpRelay(allowed);
            return this;
        }

        /** Whether the driver knows {@link io.natconnector.stun.SocketRequest#dontFragment}; yes unless set. */
        public Builder keepsWhole(boolean does) {
            features = features.withKeepsWhole(does);
            return this;
        }

        /** Where to offer SHA-256 keys (RFC 8489, section 14.11); on reliable transports only unless set. */
        public Builder offer(Authenticator.Offer where) {
            offer = Objects.requireNonNull(where, "where");
            return this;
        }

        private static int positive(int number) {
            if (number < 1) {
                throw new IllegalArgumentException("must be 1 or more, not " + number);
            }
            return number;
        }

        public RelayServerConfig build() {
            if (listen.isEmpty() || relay.isEmpty()) {
                throw new IllegalArgumentException("a relay server needs an address to listen at and one to relay from");
            }
            return new RelayServerConfig(new Builder(this));
        }
    }
}
