package io.natconnector.bench;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** The address that everything is measured on. Datagrams to it never leave the machine. */
final class LocalAddress {
    private LocalAddress() { }

    /** An IPv4 address of this machine, since ice4j uses no loopback ones; 127.0.0.1 if there is no other. */
    static InetAddress best() throws SocketException {
        return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .findFirst().orElse(InetAddress.getLoopbackAddress());
    }
}
