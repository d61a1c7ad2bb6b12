package io.natconnector.session;

import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;

/**
 * An appointment to start checks at the same moment from fresh ports.
 *
 * @param round which attempt it is, from 1
 * @param address the sender's fresh address as a STUN server sees it, or {@code null} while it is not known
 * @param go whether the receiver is to start as soon as it reads this
 */
record Meeting(int round, InetSocketAddress address, boolean go) {
    /** {@code 1/198.51.100.1/40000/go}; {@code -} for what is not known. */
    String text() {
        String where = address == null ? "-/0" : InetAddresses.toAddrString(address.getAddress()) + "/" + address.getPort();
        return round + "/" + where + (go ? "/go" : "");
    }

    /** {@code null} for what is not well formed: an appointment that can't be read is one less to keep. */
    static Meeting parse(String text) {
        String[] parts = text == null ? new String[0] : text.split("/");
        if (parts.length < 3 || !parts[0].matches("[1-9]") || !parts[2].matches("[0-9]{1,5}")) {
            return null;
        }
        int port = Integer.parseInt(parts[2]);
        boolean known = InetAddresses.isInetAddress(parts[1]) && port > 0 && port <= 65_535;
        InetSocketAddress address = known ? new InetSocketAddress(InetAddresses.forString(parts[1]), port) : null;
        return new Meeting(Integer.parseInt(parts[0]), address, parts.length > 3 && parts[3].equals("go"));
    }
}
