package io.natconnector;

import java.net.InetSocketAddress;

/** Where somebody may connect to us. */
interface ConnectionListener {
    InetSocketAddress bound();

    /** Takes in nobody any more; who is in stays. */
    void close();
}
