package io.natconnector.testkit;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Addresses from text and to text, without ever asking a name server. */
final class Addresses {
    private static final InetAddress ANY_V4 = parse("0.0.0.0");
    private static final InetAddress ANY_V6 = parse("::");

    private Addresses() { }

    /**
     * The address that the text says.
     *
     * @throws IllegalArgumentException when it is not a literal IPv4 or IPv6 address
     */
    static InetAddress parse(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes == null) {
            throw new IllegalArgumentException("not an IP address: '" + text + "'");
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static List<InetAddress> parseAll(String... texts) {
        List<InetAddress> addresses = new ArrayList<>(texts.length);
        for (String text : texts) {
            addresses.add(parse(text));
        }
        return addresses;
    }

    /** The wildcard address of the same family, with the same port. */
    static InetSocketAddress wildcard(InetSocketAddress address) {
        return new InetSocketAddress(address.getAddress() instanceof Inet6Address ? ANY_V6 : ANY_V4, address.getPort());
    }

    static boolean sameFamily(InetAddress one, InetAddress other) {
        return one instanceof Inet6Address == other instanceof Inet6Address;
    }

    /** Whether the public internet routes it: not for private use, carrier NATs, links, multicast. */
    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress() || address.isLoopbackAddress() || address.isLinkLocalAddress()
                || address.isMulticastAddress() || address.isSiteLocalAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        boolean carrierGrade = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 0x40;   // RFC 6598: 100.64.0.0/10
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;                      // RFC 4193: fc00::/7
        return !carrierGrade && !uniqueLocal;
    }

    /** For example {@code 198.51.100.1:5000} or {@code [2001:db8::1]:5000}. */
    static String text(InetSocketAddress address) {
        return address.isUnresolved() ? address.toString() : NetUtil.toSocketAddressString(address);
    }
}
