package io.natconnector.bench;

import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Two agents of ice4j in one JVM. */
final class Ice4jPair {
    private Ice4jPair() { }

    /**
     * Configures ice4j for the whole JVM, before its first use: by system properties, the only way that it has.
     *
     * @param address the one to use; ice4j never uses loopback ones
     */
    static void configure(String address) {
        // Else the first agent of a JVM looks for Amazon's metadata service for half a second
        System.setProperty("ice4j.harvest.mapping.aws.enabled", "false");
        System.setProperty("ice4j.harvest.use-ipv6", "false");
        System.setProperty("ice4j.harvest.use-link-local-addresses", "false");
        if (!address.isEmpty()) {
            System.setProperty("ice4j.harvest.allowed-addresses.0", address);
        }
        LogManager.getLogManager().reset();
        Logger.getLogger("").setLevel(Level.OFF);
    }
}
