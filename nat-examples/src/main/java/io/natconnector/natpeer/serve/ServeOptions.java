package io.natconnector.natpeer.serve;

import com.google.common.net.InetAddresses;
import io.natconnector.NatServer;
import io.natconnector.NatServerBuilder;
import io.natconnector.natpeer.cli.IpAddress;
import io.natconnector.natpeer.cli.Verbosity;
import io.natconnector.natpeer.cli.WholeNumber;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code natpeer serve} is told, wherever that stands. */
final class ServeOptions {
    private static final InetAddress ANY = InetAddresses.forString("0.0.0.0");

    @Option(names = "--listen", paramLabel = "ADDRESS", converter = IpAddress.class,
            description = "Our address, to listen at and to relay from. Repeatable. Default: all IPv4 addresses here.")
    private List<InetAddress> listen = new ArrayList<>();

    @Option(names = {"--external-ip", "--public"}, paramLabel = "ADDRESS", converter = IpAddress.class,
            description = "What peers are told in place of our address, where a one-to-one NAT stands in between, as in clouds. "
                + "Repeatable: one for IPv4, one for IPv6.")
    private List<InetAddress> external = new ArrayList<>();

    @Option(names = "--port", paramLabel = "N", converter = WholeNumber.PortOrAny.class, defaultValue = "3478",
            description = "UDP and TCP port of STUN and relay (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--no-stun", description = "No answers to Binding requests: a relay for its users alone.")
    private boolean noStun;

    @Mixin
    private UserOptions users;

    @Option(names = "--allow-peer", paramLabel = "CIDR",
            description = "The relay also talks to these addresses, which are not public. Repeatable; by default to "
                + "public addresses only, so that nobody reaches your network through it.")
    private List<String> allowed = new ArrayList<>();

    @Option(names = "--relay-ports", paramLabel = "LO-HI", converter = PortRange.Converter.class,
            defaultValue = "49152-65535",
            description = "UDP ports to relay from; let them through the firewall, too (default: ${DEFAULT-VALUE}).")
    private PortRange relayPorts;

    @Option(names = "--relay-v4", paramLabel = "ADDRESS", converter = IpAddress.class,
            description = "IPv4 address to relay from. Default: one that is listened at.")
    private InetAddress relayV4;

    @Option(names = "--relay-v6", paramLabel = "ADDRESS", converter = IpAddress.class,
            description = "IPv6 address to relay from, also for clients that come in over IPv4. Default: one that is listened at.")
    private InetAddress relayV6;

    @Mixin
    private BrokerServeOptions broker;

    @Mixin
    private ProtocolOptions protocol;

    @Mixin
    private OperationOptions operation;

    @Option(names = "--json", description = "A JSON line when ready, instead of text.")
    private boolean json;

    @Option(names = "--until-input-ends", description = "End when standard input does, for programs that start this one.")
    private boolean untilInputEnds;

    @Mixin
    private StreamServeOptions streams = new StreamServeOptions();

    @Mixin
    private Verbosity verbosity;

    /** @throws IllegalArgumentException if options don't fit; the message names them */
    NatServerBuilder server() throws IOException {
        NatServerBuilder builder = NatServer.builder().relayPorts(relayPorts.least(), relayPorts.most()).answersBinding(!noStun);
        listen.forEach(address -> builder.listen(new InetSocketAddress(address, port)));
        if (listen.isEmpty()) {
            builder.listen(new InetSocketAddress(ANY, port));
        }
        streams.apply(builder, listen.isEmpty() ? List.of(ANY) : listen, port);
        users.addTo(builder);
        operation.addTo(builder);
        protocol.addTo(builder);
        addRelayAddresses(builder);
        for (String block : allowed) {
            try {
                builder.allowPeer(block);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("--allow-peer takes addresses like 192.168.0.0/16: " + e.getMessage(), e);
            }
        }
        return builder;
    }

    private void addRelayAddresses(NatServerBuilder builder) {
        require(relayV4 == null || relayV4 instanceof Inet4Address, "--relay-v4 takes an IPv4 address, such as 192.0.2.1");
        require(relayV6 == null || relayV6 instanceof Inet6Address, "--relay-v6 takes an IPv6 address, such as 2001:db8::1");
        require(external.stream().map(Object::getClass).distinct().count() == external.size(),
                "--external-ip takes one address of each family");
        for (InetAddress address : new InetAddress[] {relayV4, relayV6}) {
            if (address != null) {
                require(!address.isAnyLocalAddress(), "--relay-v4 and --relay-v6 take an address of this machine, no wildcard");
                builder.relayAddress(address);
            }
        }
        external.forEach(builder::externalAddress);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Where the broker listens: as the server, if that is one address. */
    InetAddress brokerAddress() {
        return listen.size() == 1 ? listen.get(0) : ANY;
    }

    OperationOptions operation() {
        return operation;
    }

    BrokerServeOptions broker() {
        return broker;
    }

    /** The address that peers are to be told in place of this one of ours. */
    InetAddress advertised(InetAddress ours) {
        return external.stream().filter(address -> address.getClass() == ours.getClass()).findFirst().orElse(ours);
    }

    UserOptions users() {
        return users;
    }

    boolean answersBinding() {
        return !noStun;
    }

    boolean allowsPeers() {
        return !allowed.isEmpty();
    }

    PortRange relayPorts() {
        return relayPorts;
    }

    boolean isJson() {
        return json;
    }

    boolean endsWithInput() {
        return untilInputEnds;
    }
}
