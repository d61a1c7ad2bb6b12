package io.natconnector.natpeer.ice;

import io.natconnector.Connector;
import io.natconnector.ConnectorBuilder;
import io.natconnector.Role;
import io.natconnector.natpeer.cli.Text;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/** NatConnector itself. */
final class OurEngine implements Engine {
    private final Map<Role, Connector> shared = new EnumMap<>(Role.class);
    private final boolean sharing;
    private final boolean encrypting;
    private Consumer<ConnectorBuilder> trust = builder -> { };

    private OurEngine(boolean sharing, boolean encrypting) {
        this.sharing = sharing;
        this.encrypting = encrypting;
    }

    /** Each leg has a connector of its own, so that it gathers for itself. */
    static OurEngine single(boolean encrypting) {
        return new OurEngine(false, encrypting);
    }

    /**
     * All legs of a role share a connector, as all peers of an application do, but each has sockets of its own: else all pairs of
     * this process would run between the same two ports.
     */
    static OurEngine sharing(boolean encrypting) {
        return new OurEngine(true, encrypting);
    }

    /** @param chosen says whom to believe when relays show certificates */
    OurEngine trusting(Consumer<ConnectorBuilder> chosen) {
        trust = chosen;
        return this;
    }

    @Override
    public Leg open(IceSetup setup, Leg.Listener listener) {
        if (!sharing) {
            Connector connector = builder(setup).build();
            return new OurLeg(connector, connector::close, setup, listener);
        }
        Connector connector;
        synchronized (shared) {
            connector = shared.computeIfAbsent(setup.role(), role -> builder(setup).portPerPeer().build());
        }
        return new OurLeg(connector, () -> { }, setup, listener);
    }

    private ConnectorBuilder builder(IceSetup setup) {
        ConnectorBuilder builder = Connector.builder().connectTimeout(setup.timeout())
                .bind(setup.bind().toArray(InetAddress[]::new));
        if (!encrypting) {
            builder.plaintext();
        }
        setup.stun().forEach(server -> builder.stunServer(Text.address(server)));
        setup.relays().forEach(relay -> builder.relay(relay.uri(), relay.user(), relay.password()));
        trust.accept(builder);
        return setup.relayOnly() ? builder.relayOnly() : builder;
    }

    @Override
    public void close() {
        synchronized (shared) {
            shared.values().forEach(Connector::close);
        }
    }
}
