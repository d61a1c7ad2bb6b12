package io.natconnector.natpeer.serve;

import com.google.common.net.InetAddresses;
import io.natconnector.NatServer;
import io.natconnector.NatServerBuilder;
import io.natconnector.natpeer.cli.IpAddress;
import io.natconnector.natpeer.cli.Verbosity;
import io.natconnector.natpeer.cli.WholeNumber;
import io.natconnector.signal.BrokerOptions;
import io.natconnector.stun.RestCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code natpeer serve} is told, on the command line or in a file. */
final class ServeOptions {
    private static final InetAddress ANY = InetAddresses.forString("0.0.0.0");
    private static final int MIN_SECRET = 8;

    @Option(names = "--listen", paramLabel = "ADDRESS", converter = IpAddress.class,
            description = "Our address, to listen at and to relay from. Repeatable. Default: all IPv4 addresses here.")
    private List<InetAddress> listen = new ArrayList<>();

    @Option(names = "--public", paramLabel = "ADDRESS", converter = IpAddress.class,
            description = "What peers are told in place of --listen, where a one-to-one NAT stands in between, as in clouds.")
    private InetAddress advertised;

    @Option(names = "--port", paramLabel = "N", converter = WholeNumber.PortOrAny.class, defaultValue = "3478",
            description = "UDP port of STUN and relay (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--user", paramLabel = "NAME:PASSWORD", converter = NamePassword.Converter.class,
            description = "Who may use the relay. Repeatable.")
    private List<NamePassword> users = new ArrayList<>();

    @Option(names = "--rest-secret", paramLabel = "TEXT",
            description = "Who shows a user name EXPIRY:NAME, and the password made of it with this secret, may "
                + "use the relay until then.")
    private String restSecret;

    @Option(names = "--realm", paramLabel = "TEXT", defaultValue = "natconnector",
            description = "What the relay's users belong to (default: ${DEFAULT-VALUE}).")
    private String realm;

    @Option(names = "--allow-peer", paramLabel = "CIDR",
            description = "The relay also talks to these addresses, which are not public. Repeatable; by default to "
                + "public addresses only, so that nobody reaches your network through it.")
    private List<String> allowed = new ArrayList<>();

    @Option(names = "--relay-ports", paramLabel = "LO-HI", converter = PortRange.Converter.class,
            defaultValue = "49152-65535",
            description = "UDP ports to relay from; let them through the firewall, too (default: ${DEFAULT-VALUE}).")
    private PortRange relayPorts;

    @Option(names = "--no-broker", description = "No MQTT broker.")
    private boolean noBroker;

    @Option(names = "--broker-port", paramLabel = "N", converter = WholeNumber.PortOrAny.class, defaultValue = "1883",
            description = "TCP port of the MQTT broker (default: ${DEFAULT-VALUE}).")
    private int brokerPort;

    @Option(names = "--broker-user", paramLabel = "NAME:PASSWORD", converter = NamePassword.Converter.class,
            description = "Who may use the broker. Repeatable; by default everybody. Passwords go over the network as they are.")
    private List<NamePassword> brokerUsers = new ArrayList<>();

    @Option(names = "--json", description = "A JSON line when ready, instead of text.")
    private boolean json;

    @Option(names = "--until-input-ends", description = "End when standard input does, for programs that start this one.")
    private boolean untilInputEnds;

    @Mixin
    private Verbosity verbosity;

    /** @throws IllegalArgumentException if options don't fit; the message names them */
    NatServerBuilder server() {
        require(restSecret == null || restSecret.length() >= MIN_SECRET,
                "--rest-secret takes " + MIN_SECRET + " characters at least");
        NatServerBuilder builder = NatServer.builder().realm(realm).relayPorts(relayPorts.least(), relayPorts.most());
        listen.forEach(address -> builder.listen(new InetSocketAddress(address, port)));
        if (listen.isEmpty()) {
            builder.listen(new InetSocketAddress(ANY, port));
        }
        if (advertised != null) {
            builder.externalAddress(advertised);
        }
        for (NamePassword user : users) {
            require(users.stream().filter(other -> other.name().equals(user.name())).count() == 1,
                    "--user takes each name once; " + user.name() + " is there again");
            builder.user(user.name(), user.password());
        }
        if (restSecret != null) {
            builder.restSecret(restSecret);
        }
        for (String block : allowed) {
            try {
                builder.allowPeer(block);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--allow-peer takes addresses like 192.168.0.0/16: " + e.getMessage(), e);
            }
        }
        return builder;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    BrokerOptions broker() {
        BrokerOptions options = BrokerOptions.defaults();
        for (NamePassword user : brokerUsers) {
            options = options.user(user.name(), user.password());
        }
        return options;
    }

    /** Where the broker listens: as the server, if that is one address. */
    InetAddress brokerAddress() {
        return listen.size() == 1 ? listen.get(0) : ANY;
    }

    /** The address that peers are to be told; {@code null} for that which is listened at. */
    InetAddress advertised() {
        return advertised;
    }

    /** Somebody who may use the relay, or {@code null}. */
    NamePassword anyUser(long epochSeconds) {
        if (!users.isEmpty()) {
            return users.get(0);
        }
        if (restSecret == null) {
            return null;
        }
        String name = RestCredentials.username("peer", epochSeconds + RestCredentials.DEFAULT_MAX_TTL.toSeconds() / 2);
        return new NamePassword(name, RestCredentials.password(restSecret, name));
    }

    boolean allowsPeers() {
        return !allowed.isEmpty();
    }

    PortRange relayPorts() {
        return relayPorts;
    }

    NamePassword firstBrokerUser() {
        return brokerUsers.isEmpty() ? null : brokerUsers.get(0);
    }

    boolean hasBroker() {
        return !noBroker;
    }

    int brokerPort() {
        return brokerPort;
    }

    boolean isJson() {
        return json;
    }

    boolean endsWithInput() {
        return untilInputEnds;
    }
}
