package io.natconnector;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The gateway of a local IPv4 address: on Linux the one that the kernel's table names; elsewhere, as Java can't read the table
 * there, the first address of the subnet, which most home gateways have. Addresses that are public have no gateway worth asking.
 */
final class Gateways {
    private static final Path ROUTES = Path.of("/proc/net/route");
    private static final int UP_AND_GATEWAY = 0x3;
    /** RFC 6598: the network between a carrier's NAT and its customers. */
    private static final int SHARED = 0x64400000;
    private static final int SHARED_MASK = 0xFFC00000;

    private Gateways() { }

    static Optional<InetAddress> of(InetAddress local) {
        if (!(local instanceof Inet4Address) || !isPrivate(local)) {
            return Optional.empty();
        }
        try {
            NetworkInterface device = NetworkInterface.getByInetAddress(local);
            if (device == null) {
                return Optional.empty();
            }
            return Files.isReadable(ROUTES) ? inTable(Files.readAllLines(ROUTES), device.getName())
                    : device.getInterfaceAddresses().stream().filter(address -> address.getAddress().equals(local))
                            .findFirst().flatMap(Gateways::guess);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static boolean isPrivate(InetAddress address) {
        return address.isSiteLocalAddress() || (number(address) & SHARED_MASK) == SHARED;
    }

    /**
     * The default route's gateway with the least metric.
     *
     * @param table lines of {@code Iface Destination Gateway Flags RefCnt Use Metric Mask ...}, addresses in this machine's order
     */
    static Optional<InetAddress> inTable(List<String> table, String device) {
        Optional<InetAddress> best = Optional.empty();
        long bestMetric = Long.MAX_VALUE;
        for (String line : table) {
            String[] column = line.strip().split("\\s+");
            if (column.length < 8 || !column[0].equals(device) || !column[1].equals("00000000") || !column[7].equals("00000000")
                    || (Integer.parseInt(column[3], 16) & UP_AND_GATEWAY) != UP_AND_GATEWAY) {
                continue;
            }
            long metric = Long.parseLong(column[6]);
            if (metric < bestMetric) {
                bestMetric = metric;
                best = Optional.of(address(Integer.parseUnsignedInt(column[2], 16)));
            }
        }
        return best;
    }

    private static InetAddress address(int number) {
        return of(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(number) : number);
    }

    private static Optional<InetAddress> guess(InterfaceAddress address) {
        return guess(address.getAddress(), address.getNetworkPrefixLength());
    }

    /** The first address of the subnet, unless that is our own. */
    static Optional<InetAddress> guess(InetAddress local, int prefixLength) {
        if (prefixLength < 8 || prefixLength > 30) {
            return Optional.empty();
        }
        InetAddress first = of((number(local) & -1 << 32 - prefixLength) + 1);
        return first.equals(local) ? Optional.empty() : Optional.of(first);
    }

    private static int number(InetAddress address) {
        byte[] b = address.getAddress();
        return (b[0] & 0xFF) << 24 | (b[1] & 0xFF) << 16 | (b[2] & 0xFF) << 8 | b[3] & 0xFF;
    }

    private static InetAddress of(int number) {
        try {
            return InetAddress.getByAddress(new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8),
                (byte) number});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
