package io.natconnector;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Turns the name of a server into addresses; may block. */
interface NameLookup {
    NameLookup SYSTEM = InetAddress::getAllByName;

    InetAddress[] lookup(String host) throws UnknownHostException;
}
