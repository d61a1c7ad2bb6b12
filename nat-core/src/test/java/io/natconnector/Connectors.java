package io.natconnector;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Connectors on the loopback interface that share a post office; closes them all. */
final class Connectors implements AutoCloseable {
    private final PostOffice office;
    private final List<Connector> open = new ArrayList<>();

    Connectors(PostOffice office) {
        this.office = office;
    }

    DefaultConnector add(String name) {
        return add(name, builder -> builder);
    }

    DefaultConnector add(String name, UnaryOperator<ConnectorBuilder> options) {
        ConnectorBuilder builder = Connector.builder().name(name).signaling(office.counter()).plaintext();
        return track(options.apply(builder.bind(InetAddress.getLoopbackAddress())));
    }

    DefaultConnector track(ConnectorBuilder builder) {
        DefaultConnector connector = (DefaultConnector) builder.build();
        open.add(connector);
        return connector;
    }

    @Override
    public void close() {
        open.forEach(Connector::close);
    }
}
