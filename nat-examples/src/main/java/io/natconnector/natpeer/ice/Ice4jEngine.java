package io.natconnector.natpeer.ice;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Jitsi's ice4j, driven by the same code as ours: for interoperability, and for figures taken beside each other.
 *
 * <p>IPv4 only, and it never uses loopback addresses. It is configured by system properties, once for the whole JVM.
 */
final class Ice4jEngine implements Engine {
    Ice4jEngine(List<InetAddress> bind) {
        // Else the first agent of a JVM looks for Amazon's metadata service for half a second
        System.setProperty("ice4j.harvest.mapping.aws.enabled", "false");
        System.setProperty("ice4j.harvest.use-ipv6", "false");
        System.setProperty("ice4j.harvest.use-link-local-addresses", "false");
        for (int i = 0; i < bind.size(); i++) {
            System.setProperty("ice4j.harvest.allowed-addresses." + i, bind.get(i).getHostAddress());
        }
        LogManager.getLogManager().reset();
        Logger.getLogger("").setLevel(Level.OFF);
    }

    @Override
    public Leg open(IceSetup setup, Leg.Listener listener) throws IOException {
        return new Ice4jLeg(setup, listener);
    }

    @Override
    public void close() { }                                    // its threads are daemons, shared by all agents of the JVM
}
