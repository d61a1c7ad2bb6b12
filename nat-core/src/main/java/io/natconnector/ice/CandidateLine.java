package io.natconnector.ice;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The text form of a candidate (RFC 8839, section 5.1), without {@code a=}:
 *
 * <pre>candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host</pre>
 */
public final class CandidateLine {
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,10}");
    private static final String PREFIX = "candidate:";
    private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings().trimResults();

    private CandidateLine() { }

    public static String write(Candidate candidate) {
        StringBuilder line = new StringBuilder(PREFIX).append(candidate.foundation())
                .append(" 1 udp ").append(candidate.priority())
                .append(' ').append(InetAddresses.toAddrString(candidate.address().getAddress()))
                .append(' ').append(candidate.address().getPort())
                .append(" typ ").append(candidate.type().token());
        InetSocketAddress base = candidate.base();
        if (base != null && candidate.type() != CandidateType.HOST) {
            line.append(" raddr ").append(InetAddresses.toAddrString(base.getAddress())).append(" rport ").append(base.getPort());
        }
        return line.toString();
    }

    /**
     * Reads a line as any implementation may write it: with or without {@code a=}, transport in upper case, IPv6 uncompressed,
     * unknown extension attributes at the end.
     *
     * @return empty for a well-formed candidate that we can't use: another transport than UDP, another component than 1, a name in
     *     place of an address, a type that we don't know
     * @throws IllegalArgumentException if the line is malformed; the message says where
     */
    public static Optional<Candidate> parse(String line) {
        String text = line.startsWith("a=") ? line.substring(2) : line;
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("expected candidate:..., not " + shortened(line));
        }
        List<String> words = WORDS.splitToList(text.substring(PREFIX.length()));
        if (words.size() < 8 || !words.get(6).equals("typ")) {
            throw new IllegalArgumentException("expected FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ TYPE in "
                    + shortened(line));
        }
        String foundation = words.get(0);
        if (foundation.length() > 32) {
            throw new IllegalArgumentException("a foundation has at most 32 characters: " + shortened(line));
        }
        long component = number(words.get(1), 1, 256, "component", line);
        long priority = number(words.get(3), 0, 0xFFFF_FFFFL, "priority", line);
        long port = number(words.get(5), 0, 65535, "port", line);
        CandidateType type = CandidateType.of(words.get(7));
        String address = words.get(4);
        if (!words.get(2).equalsIgnoreCase("udp") || component != 1 || type == null || port == 0
                || !InetAddresses.isInetAddress(address)) {
            return Optional.empty();
        }
        // RFC 8445, section 5.1.2: at most 2^31 - 1; more would overflow the pair's priority
        long usable = Math.min(priority, Integer.MAX_VALUE);
        InetSocketAddress socket = socket(address, (int) port);
        return Optional.of(new Candidate(foundation, usable, socket, type, type == CandidateType.HOST ? socket : related(words)));
    }

    private static InetSocketAddress related(List<String> words) {
        int at = words.indexOf("raddr");
        if (at < 8 || at + 3 >= words.size() || !words.get(at + 2).equals("rport")) {
            return null;
        }
        String address = words.get(at + 1);
        String port = words.get(at + 3);
        boolean usable = InetAddresses.isInetAddress(address) && DIGITS.matcher(port).matches() && Long.parseLong(port) <= 65535;
        return usable ? socket(address, Integer.parseInt(port)) : null;
    }

    private static InetSocketAddress socket(String address, int port) {
        return new InetSocketAddress(InetAddresses.forString(address), port);
    }

    private static long number(String word, long min, long max, String what, String line) {
        if (DIGITS.matcher(word).matches()) {
            long value = Long.parseLong(word);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw new IllegalArgumentException(what + " must be " + min + " to " + max + ", not '" + word + "', in " + shortened(line));
    }

    private static String shortened(String line) {
        return '\'' + (line.length() > 120 ? line.substring(0, 120) + "..." : line) + '\'';
    }
}
