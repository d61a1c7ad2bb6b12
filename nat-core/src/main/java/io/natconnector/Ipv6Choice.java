package io.natconnector;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** Which of the machine's IPv6 addresses peers are told, and how the two families take turns. */
final class Ipv6Choice {
    /** Linux lists an address a line: 32 hex digits, interface, prefix length, scope, flags, name. */
    private static final java.nio.file.Path TABLE = java.nio.file.Path.of("/proc/net/if_inet6");
    private static final int TEMPORARY = 0x01;
    private static final int DEPRECATED = 0x20;
    private static final int PREFIX_BYTES = 8;

    private Ipv6Choice() { }

    /** The flags of the system's IPv6 addresses; empty where the system does not tell. */
    static Map<InetAddress, Integer> flags() {
        try {
            return flags(Files.readAllLines(TABLE));
        } catch (IOException e) {
            return Map.of();
        }
    }

    static Map<InetAddress, Integer> flags(List<String> lines) {
        Map<InetAddress, Integer> flags = new HashMap<>();
        for (String line : lines) {
            String[] fields = line.trim().split("\\s+");
            if (fields.length >= 5 && fields[0].matches("[0-9a-f]{32}") && fields[4].matches("[0-9a-f]{1,8}")) {
                try {
                    flags.put(InetAddress.getByAddress(HexFormat.of().parseHex(fields[0])), (int) Long.parseLong(fields[4], 16));
                } catch (UnknownHostException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return flags;
    }

    /**
     * Leaves out, of addresses with one prefix, those that are there for good where there is a temporary one, which tells less of
     * who we are (RFC 8981), and those that are about to go (RFC 4862, section 5.5.4) where another one stays.
     */
    static List<InetAddress> choose(List<InetAddress> addresses, Map<InetAddress, Integer> flags) {
        List<InetAddress> chosen = new ArrayList<>(addresses);
        chosen.removeIf(address -> address instanceof Inet6Address && addresses.stream().anyMatch(
                other -> samePrefix(address, other) && rank(other, flags) > rank(address, flags)));
        return chosen;
    }

    private static int rank(InetAddress address, Map<InetAddress, Integer> flags) {
        int own = flags.getOrDefault(address, 0);
        return (own & DEPRECATED) != 0 ? 0 : (own & TEMPORARY) != 0 ? 2 : 1;
    }

    private static boolean samePrefix(InetAddress one, InetAddress other) {
        return other instanceof Inet6Address
                && Arrays.equals(one.getAddress(), 0, PREFIX_BYTES, other.getAddress(), 0, PREFIX_BYTES);
    }

    /**
     * The same addresses, the families by turns: where one of them leads nowhere, checks of the other one don't have to wait until
     * all of the first have been tried (RFC 8421, section 4).
     */
    static List<InetAddress> interleaved(List<InetAddress> addresses) {
        Queue<InetAddress> first = new ArrayDeque<>();
        Queue<InetAddress> second = new ArrayDeque<>();
        for (InetAddress address : addresses) {
            (address.getClass() == addresses.get(0).getClass() ? first : second).add(address);
        }
        List<InetAddress> turns = new ArrayList<>();
        while (!first.isEmpty() || !second.isEmpty()) {
            if (!first.isEmpty()) {
                turns.add(first.remove());
            }
            if (!second.isEmpty()) {
                turns.add(second.remove());
            }
        }
        return turns;
    }
}
