package io.natconnector.session;

import com.google.common.net.InetAddresses;
import io.natconnector.nat.NatMapping;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** {@code nat=sequential stride=2 relays=203.0.113.5/25000,...}: what is not known or as usual is left out; microseconds. */
final class SurroundingsText {
    private static final int MOST_RELAYS = 8;
    private static final int FARTHEST_STRIDE = 64;

    private SurroundingsText() { }

    /** With a space ahead. */
    static String write(Surroundings surroundings) {
        String relays = surroundings.relays().entrySet().stream().limit(MOST_RELAYS).map(relay -> InetAddresses.toAddrString(
                relay.getKey()) + "/" + TimeUnit.NANOSECONDS.toMicros(relay.getValue())).collect(Collectors.joining(","));
        return " nat=" + surroundings.nat().name().toLowerCase(Locale.ROOT)
                + (surroundings.stride() == 1 ? "" : " stride=" + surroundings.stride())
                + (relays.isEmpty() ? "" : " relays=" + relays);
    }

    /** What is not well formed is as good as not known. */
    static Surroundings read(Map<String, String> fields) {
        String stride = fields.getOrDefault("stride", "1");
        int step = stride.matches("-?[1-9][0-9]?") ? Integer.parseInt(stride) : 1;
        return new Surroundings(mapping(fields.get("nat")), Math.abs(step) <= FARTHEST_STRIDE ? step : 1,
                relays(fields.getOrDefault("relays", "")));
    }

    private static NatMapping mapping(String word) {
        for (NatMapping mapping : NatMapping.values()) {
            if (mapping.name().equalsIgnoreCase(word)) {
                return mapping;
            }
        }
        return NatMapping.UNKNOWN;
    }

    private static Map<InetAddress, Long> relays(String text) {
        Map<InetAddress, Long> relays = new LinkedHashMap<>();
        for (String relay : text.split(",")) {
            int slash = relay.indexOf('/');
            String address = slash < 0 ? "" : relay.substring(0, slash);
            if (InetAddresses.isInetAddress(address) && relay.substring(slash + 1).matches("[0-9]{1,9}")
                    && relays.size() < MOST_RELAYS) {
                relays.put(InetAddresses.forString(address),
                        TimeUnit.MICROSECONDS.toNanos(Long.parseLong(relay.substring(slash + 1))));
            }
        }
        return relays;
    }
}
