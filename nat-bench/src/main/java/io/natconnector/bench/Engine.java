package io.natconnector.bench;

import java.net.InetAddress;

/** What makes connections: both sides of each in this JVM, over UDP on one address of this machine, host candidates alone. */
interface Engine extends AutoCloseable {
    /**
     * Makes one more connection and waits until both sides can use it. Any thread.
     *
     * @throws Exception when there was none within {@value #PATIENCE_SECONDS} seconds
     */
    Connection connect() throws Exception;

    @Override
    void close();

    long PATIENCE_SECONDS = 20;

    /** Both sides of a connection. */
    interface Connection extends AutoCloseable {
        /** Ends it and waits for that, on both sides. */
        @Override
        void close() throws Exception;
    }

    /** The engines that can be asked for by name. */
    enum Kind {
        HUB("natconnector, a hub and its peers") {
            @Override
            Engine start(InetAddress address) {
                return OurEngine.hub(address);
            }
        },
        ENCRYPTED("natconnector, the same, encrypted") {
            @Override
            Engine start(InetAddress address) {
                return OurEngine.encrypted(address);
            }
        },
        PORTS("natconnector, a socket each") {
            @Override
            Engine start(InetAddress address) {
                return OurEngine.portPerPeer(address);
            }
        },
        CONNECTORS("natconnector, a connector each") {
            @Override
            Engine start(InetAddress address) {
                return new ConnectorsEngine(address);
            }
        },
        ICE4J("ice4j") {
            @Override
            Engine start(InetAddress address) {
                return new Ice4jEngine(address);
            }
        };

        final String title;

        Kind(String title) {
            this.title = title;
        }

        abstract Engine start(InetAddress address);
    }
}
