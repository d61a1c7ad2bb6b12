package io.natconnector.natpeer.ice;

import io.natconnector.Role;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * What an engine is to do. Addresses are resolved.
 *
 * @param stun the servers to ask for our address
 * @param relays TURN servers
 * @param relayOnly whether only relayed candidates are used and told
 * @param trickle whether candidates are told as they are found
 * @param timeout how long to try
 * @param bind the local addresses to use; empty for all but loopback
 */
record IceSetup(Role role, List<InetSocketAddress> stun, List<Relay> relays, boolean relayOnly, boolean trickle, Duration timeout,
        List<InetAddress> bind) {
    private static final Duration LOCAL_TIMEOUT = Duration.ofSeconds(30);

    IceSetup {
        stun = List.copyOf(stun);
        relays = List.copyOf(relays);
        bind = List.copyOf(bind);
    }

    /** A TURN server and who we are to it; the URI says over what it is reached, which is UDP for the bare address. */
    record Relay(String uri, InetSocketAddress server, String user, String password) { }

    /** Host candidates only, as benchmarks and warm-up pairs take. */
    static IceSetup local(Role role, List<InetAddress> bind) {
        return new IceSetup(role, List.of(), List.of(), false, true, LOCAL_TIMEOUT, bind);
    }
}
