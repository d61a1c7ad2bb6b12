package io.natconnector.natpeer.ice;

import io.natconnector.natpeer.cli.JsonLine;
import io.natconnector.natpeer.cli.Text;
import java.net.InetSocketAddress;

/**
 * The pair that data goes over.
 *
 * @param local type of the local candidate: host, srflx, prflx or relay
 * @param remote type of the other side's
 */
record LegPath(String local, String remote, InetSocketAddress localAddress, InetSocketAddress remoteAddress) {
    JsonLine putInto(JsonLine line) {
        return line.put("local", local).put("remote", remote).put("local_addr", Text.address(localAddress))
                .put("remote_addr", Text.address(remoteAddress));
    }
}
