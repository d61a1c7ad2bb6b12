package io.natconnector.bench;

import java.net.InetAddress;

/** ice4j: two agents for each connection, each with a socket of its own, as there is no other way. */
final class Ice4jEngine implements Engine {
    Ice4jEngine(InetAddress address) {
        Ice4jPair.configure(address.getHostAddress());
    }

    @Override
    public Ice4jPair connect() throws Exception {
        return Ice4jPair.connect();
    }

    @Override
    public void close() { }                                    // its threads are daemons, shared by all agents of the JVM
}
