package io.natconnector.natpeer.ice;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** The address for pairs within this process. */
final class LocalAddress {
    private LocalAddress() { }

    /** One of this machine's IPv4 addresses, loopback only when there is no other: not every engine uses that. */
    static InetAddress any() throws SocketException {
        List<InetAddress> all = NetworkInterface.networkInterfaces().filter(LocalAddress::isUp)
                .flatMap(NetworkInterface::inetAddresses).filter(address -> address instanceof Inet4Address).toList();
        return all.stream().filter(address -> !address.isLoopbackAddress()).findFirst()
                .orElseGet(() -> all.isEmpty() ? InetAddress.getLoopbackAddress() : all.get(0));
    }

    private static boolean isUp(NetworkInterface network) {
        try {
            return network.isUp();
        } catch (SocketException e) {
            return false;
        }
    }
}
