package io.natconnector.portmap;

import java.net.InetSocketAddress;

/** What became of the ports that gateways were asked for. */
public sealed interface PortMapEvent {
    /** The socket. */
    InetSocketAddress internal();

    /** Where the gateway takes datagrams for it. */
    InetSocketAddress external();

    MappingProtocol protocol();

    /**
     * The gateway hands on what comes to the external address. Said once for each external address, not at each renewal.
     *
     * @param lifetime seconds that the gateway grants, renewed at half; 0 for a mapping that lasts until it is given back
     */
    record Mapped(InetSocketAddress external, InetSocketAddress internal, MappingProtocol protocol, long lifetime)
            implements PortMapEvent { }

    /** It does so no more, as far as we know. */
    record Lost(InetSocketAddress external, InetSocketAddress internal, MappingProtocol protocol) implements PortMapEvent { }
}
