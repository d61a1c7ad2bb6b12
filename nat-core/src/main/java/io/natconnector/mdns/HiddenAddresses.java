package io.natconnector.mdns;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps our addresses of local networks out of what peers are told: a name, {@code UUID.local}, stands in for each, as browsers do
 * it (draft-ietf-mmusic-mdns-ice-candidates). Who is in the same network finds out by asking there, and is answered; nobody else
 * learns anything. What everybody sees of us, public addresses, is told as it is. Any thread.
 */
public final class HiddenAddresses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HiddenAddresses.class);
    private static final Pattern CANDIDATE =
            Pattern.compile("^(a=candidate:)(\\S+)( \\d+ \\S+ \\d+ )(\\S+)( \\d+ typ )(\\S+)(.*)$", Pattern.MULTILINE);
    private static final Pattern RELATED = Pattern.compile(" raddr (\\S+) rport \\d+");
    /** More addresses than a machine has at a time: those of old networks are forgotten first. */
    private static final int MAX_NAMES = 64;

    private final InetSocketAddress group;
    private final Map<InetAddress, String> names = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, String> eldest) {
            return size() > MAX_NAMES;
        }
    };
    private final Map<String, String> foundations = new HashMap<>();
    private MulticastResponder responder;
    private boolean closed;

    public HiddenAddresses() {
        this(MulticastLookup.GROUP);
    }

    HiddenAddresses(InetSocketAddress group) {
        this.group = group;
    }

    /** The words with names in the place of addresses. */
    public synchronized String conceal(String text) {
        return CANDIDATE.matcher(text).replaceAll(line -> Matcher.quoteReplacement(conceal(line)));
    }

    private String conceal(MatchResult line) {
        String address = line.group(4);
        if (line.group(6).equals("host") && InetAddresses.isInetAddress(address)) {
            InetAddress own = InetAddresses.forString(address);
            address = isOfALocalNetwork(own) ? name(own) : address;
        }
        String rest = RELATED.matcher(line.group(7)).replaceAll(related -> unrelated(related.group(1)));
        return line.group(1) + foundation(line.group(2)) + line.group(3) + address + line.group(5) + line.group(6) + rest;
    }

    /** It is made of addresses, of which there are few enough to try them all. */
    private String foundation(String told) {
        if (foundations.size() > MAX_NAMES * MAX_NAMES) {
            foundations.clear();
        }
        return foundations.computeIfAbsent(told, any -> UUID.randomUUID().toString().substring(0, 8));
    }

    private static String unrelated(String address) {
        return address.contains(":") ? " raddr :: rport 9" : " raddr 0.0.0.0 rport 9";
    }

    private String name(InetAddress own) {
        String name = names.get(own);
        if (name == null) {
            name = UUID.randomUUID() + ".local";
            names.put(own, name);
        }
        listen(own);
        return name;
    }

    private void listen(InetAddress own) {
        try {
            if (responder == null && !closed) {
                responder = new MulticastResponder(group, this::address);
            }
        } catch (IOException | RuntimeException e) {
            closed = true;
            LOG.warn("Nobody in the local network will find us by name: {}", e.toString());
        }
        if (responder != null && own instanceof Inet4Address) {
            responder.join(own);
        }
    }

    private synchronized InetAddress address(String name) {
        return names.entrySet().stream().filter(entry -> entry.getValue().equals(name)).map(Map.Entry::getKey).findAny()
                .orElse(null);
    }

    /** Whether it means anything only where we are, and so tells something about us: RFC 1918, RFC 6598, RFC 4193, link-local. */
    public static boolean isOfALocalNetwork(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean carrierGrade = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
        boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
        return address.isSiteLocalAddress() || address.isLinkLocalAddress() || address.isLoopbackAddress() || carrierGrade
                || uniqueLocal;
    }

    /** Answers nobody any more. */
    @Override
    public synchronized void close() {
        closed = true;
        if (responder != null) {
            responder.close();
            responder = null;
        }
    }
}
