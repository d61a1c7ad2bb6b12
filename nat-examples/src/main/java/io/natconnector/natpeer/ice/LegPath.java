package io.natconnector.natpeer.ice;

import com.google.common.net.InetAddresses;
import io.natconnector.natpeer.cli.JsonLine;
import java.net.InetSocketAddress;

/**
 * The pair that data goes over.
 *
 * @param local type of the local candidate: host, srflx, prflx or relay
 * @param remote type of the other side's
 */
record LegPath(String local, String remote, InetSocketAddress localAddress, InetSocketAddress remoteAddress) {
    JsonLine putInto(JsonLine line) {
        return line.put("local", local).put("remote", remote).put("local_addr", text(localAddress))
                .put("remote_addr", text(remoteAddress));
    }

    private static String text(InetSocketAddress address) {
        String host = InetAddresses.toAddrString(address.getAddress());
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
