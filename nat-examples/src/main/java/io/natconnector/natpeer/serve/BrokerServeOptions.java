package io.natconnector.natpeer.serve;

import io.natconnector.natpeer.cli.WholeNumber;
import io.natconnector.signal.BrokerOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The MQTT broker beside the relay. */
final class BrokerServeOptions {
    @Option(names = "--no-broker", description = "No MQTT broker.")
    private boolean noBroker;

    @Option(names = "--broker-port", paramLabel = "N", converter = WholeNumber.PortOrAny.class, defaultValue = "1883",
            description = "TCP port of the MQTT broker (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--broker-user", paramLabel = "NAME:PASSWORD", converter = NamePassword.Converter.class,
            description = "Who may use the broker. Repeatable; by default everybody. Passwords go over the network as they are.")
    private List<NamePassword> users = new ArrayList<>();

    boolean isWanted() {
        return !noBroker;
    }

    int port() {
        return port;
    }

    BrokerOptions options() {
        BrokerOptions options = BrokerOptions.defaults();
        for (NamePassword user : users) {
            options = options.user(user.name(), user.password());
        }
        return options;
    }

    /** Somebody who may use it, or {@code null} when everybody may. */
    NamePassword anyUser() {
        return users.isEmpty() ? null : users.get(0);
    }
}
