package io.natconnector.natpeer.cli;

import io.natconnector.ConnectorBuilder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The servers that a peer uses, and where it stands itself: what connect, listen and check share. */
public final class ServerOptions {
    @Option(names = "--stun", paramLabel = "HOST:PORT", converter = HostPort.Converter.class,
            description = "STUN server that tells us our address as others see it. Repeatable; two show how the NAT maps.")
    private List<HostPort> stun = new ArrayList<>();

    @Option(names = "--relay", paramLabel = "RELAY", converter = RelayOption.Converter.class,
            description = "TURN server to fall back on: turn:HOST:PORT with --user and --pass, or turn:USER:PASSWORD@HOST:PORT; "
                + "?transport=tcp behind it for TCP, turns: for TLS. Those are used where none over UDP answers. Repeatable.")
    private List<RelayOption> relays = new ArrayList<>();

    @Option(names = "--user", paramLabel = "USER", description = "Who we are to the relays: one for all, or one each, in order.")
    private List<String> users = new ArrayList<>();

    @Option(names = "--pass", paramLabel = "PASSWORD",
            description = "The password to --user: one for all, or one each. Others on this machine see it; "
                + "NATPEER_PASS in the environment they don't.")
    private List<String> passwords = new ArrayList<>();

    @Option(names = "--relay-only", description = "Use relays alone, and tell the peer no other address.")
    private boolean relayOnly;

    @Option(names = "--hide-addresses", description = "Tell peers names (mDNS) in the place of local addresses, as browsers do.")
    private boolean hideAddresses;

    @Option(names = "--proxy", paramLabel = "PROXY",
            description = "HTTP proxy to reach relays over TCP and TLS through: HOST:PORT or http://USER:PASSWORD@HOST:PORT.")
    private String proxy;

    @Mixin
    private TrustOption trust = new TrustOption();

    @Option(names = "--bind", paramLabel = "ADDRESS", converter = IpAddress.class,
            description = "Local address to use. Repeatable; default: all but loopback.")
    private List<InetAddress> bind = new ArrayList<>();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** @throws ParameterException if options don't go together */
    public ConnectorBuilder addTo(ConnectorBuilder builder) {
        if (relayOnly && relays.isEmpty()) {
            throw new ParameterException(command.commandLine(), "--relay-only takes a relay: give --relay turn:HOST:PORT as well");
        }
        stun.forEach(server -> builder.stunServer(server.toString()));
        relays().forEach(relay -> builder.relay(relay.uri(), relay.user(), relay.password()));
        trust.addTo(builder);
        if (proxy != null) {
            try {
                builder.proxy(proxy);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(command.commandLine(), "--proxy: " + e.getMessage(), e);
            }
        }
        builder.bind(bind.toArray(InetAddress[]::new));
        if (hideAddresses) {
            builder.hideLocalAddresses();
        }
        return relayOnly ? builder.relayOnly() : builder;
    }

    /** The STUN servers, as a report names them. */
    public List<String> stunServers() {
        return stun.stream().map(HostPort::toString).toList();
    }

    /** The relays, as a report names them. */
    public List<String> relayServers() {
        return relays.stream().map(relay -> relay.server().toString()).toList();
    }

    private List<RelayOption> relays() {
        long bare = relays.stream().filter(relay -> relay.user() == null).count();
        List<String> secrets = passwords.isEmpty() && System.getenv("NATPEER_PASS") != null
                ? List.of(System.getenv("NATPEER_PASS")) : passwords;
        requireFit(bare, users, "--user takes a name for the relay, one for all or one each");
        requireFit(bare, secrets, "--pass takes a password for the relay, one for all or one each");
        List<RelayOption> complete = new ArrayList<>();
        int next = 0;
        for (RelayOption relay : relays) {
            if (relay.user() == null) {
                complete.add(relay.as(users.get(next % users.size()), secrets.get(next % secrets.size())));
                next++;
            } else {
                complete.add(relay);
            }
        }
        return complete;
    }

    private void requireFit(long bare, List<String> given, String what) {
        if (bare > 0 && given.size() != 1 && given.size() != bare) {
            throw new ParameterException(command.commandLine(), what + ": " + bare + " need one, " + given.size() + " given");
        }
    }
}
