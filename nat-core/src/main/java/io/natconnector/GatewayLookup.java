package io.natconnector;

import java.net.InetAddress;
import java.util.Optional;

/** Finds the home gateway that a local address is behind. */
@FunctionalInterface
interface GatewayLookup {
    GatewayLookup SYSTEM = Gateways::of;
    GatewayLookup NONE = local -> Optional.empty();

    /** Of the same family; empty if there is none, or none worth asking. */
    Optional<InetAddress> gateway(InetAddress local);
}
