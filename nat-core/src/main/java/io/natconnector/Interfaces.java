package io.natconnector;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of this machine that peers may be reached from, best first: those that the system itself would send from, IPv6 in
 * front, as it needs no NAT; then the rest as the system lists them, the families by turns (see {@link Ipv6Choice}). Reads the
 * system's tables and sends nothing.
 */
final class Interfaces {
    private static final Logger LOG = LoggerFactory.getLogger(Interfaces.class);
    /** Each address costs a socket, and pairs multiply. */
    private static final int MOST = 16;
    /** Where nobody is (RFC 3849 and RFC 5737), but which the default route leads to. */
    private static final List<InetSocketAddress> ANYWHERE = List.of(
            new InetSocketAddress(address(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 9),
            new InetSocketAddress(address(192, 0, 2, 1), 9));

    private Interfaces() { }

    /**
     * What is usable now.
     *
     * @param towards servers, whose routes matter most; may be empty
     */
    static List<InetAddress> usable(List<InetSocketAddress> towards) {
        List<InetAddress> all = Ipv6Choice.choose(all(false), Ipv6Choice.flags());
        if (all.isEmpty()) {
            all = all(true);
        }
        Set<InetAddress> ordered = new LinkedHashSet<>();
        List<InetSocketAddress> targets = new ArrayList<>(towards);
        targets.addAll(ANYWHERE);
        targets.sort(Comparator.comparing(target -> !(target.getAddress() instanceof Inet6Address)));
        for (InetSocketAddress target : targets) {
            InetAddress source = sourceFor(target);
            if (source != null && all.contains(source)) {
                ordered.add(source);
            }
        }
        ordered.addAll(all);
        List<InetAddress> turns = Ipv6Choice.interleaved(List.copyOf(ordered));
        return List.copyOf(turns.subList(0, Math.min(MOST, turns.size())));
    }

    /** Whatever can be listened at: loopback too. */
    static List<InetAddress> everything() {
        List<InetAddress> addresses = new ArrayList<>(all(false));
        addresses.addAll(all(true));
        return addresses;
    }

    private static List<InetAddress> all(boolean loopback) {
        List<InetAddress> addresses = new ArrayList<>();
        try {
            for (NetworkInterface device : (Iterable<NetworkInterface>) NetworkInterface.networkInterfaces()::iterator) {
                if (device.isUp()) {
                    device.inetAddresses().filter(address -> isUsable(address, loopback)).map(Interfaces::withoutZone)
                            .forEach(addresses::add);
                }
            }
        } catch (SocketException e) {
            LOG.warn("The network interfaces can't be listed: {}", e.toString());
        }
        return addresses;
    }

    static boolean isUsable(InetAddress address, boolean loopback) {
        return address.isLoopbackAddress() == loopback && !address.isLinkLocalAddress() && !address.isAnyLocalAddress()
                && !address.isMulticastAddress();
    }

    /** The system marks even global addresses with the interface; peers and comparisons don't want that. */
    static InetAddress withoutZone(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** What the system would send from to there, or {@code null}: connecting a datagram socket looks up the route and no more. */
    private static InetAddress sourceFor(InetSocketAddress target) {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.connect(target);
            return withoutZone(((InetSocketAddress) probe.getLocalAddress()).getAddress());
        } catch (IOException | UnsupportedOperationException e) {
            return null;                                      // no route, or no such family here
        }
    }

    private static InetAddress address(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
