package io.natconnector.portmap;

import io.natconnector.stun.Machine;
import java.net.InetSocketAddress;

/** One protocol's way to a mapping of one socket's port at one gateway. */
interface Mapping extends Machine {
    /** What RFC 6886, section 3.3 recommends, in seconds: a gateway can forget those who were switched off. */
    int LIFETIME = 7200;
    /** RFC 6887, section 15: what is said to last longer is believed for a day. In seconds. */
    int LONGEST_LIFETIME = 86_400;

    MappingProtocol protocol();

    /** From now on it may ask for a mapping; before, it only looks whether the gateway speaks the protocol. */
    void allow(long now);

    /** The external address, or {@code null} while there is none. */
    InetSocketAddress external();

    /** Seconds that were granted last. */
    long lifetime();

    /** Whether it has ended without a mapping. */
    boolean isFailed();

    /** What came of it, for people, if there is no external address. */
    String outcome();

    /** After a failure: in how many nanoseconds the gateway may answer otherwise. */
    long retryAfter();

    /**
     * Ends it; nothing is received and sent any more but the farewell.
     *
     * @param giveBack whether the gateway is to forget the mapping
     */
    void end(boolean giveBack, long now);
}
