package io.natconnector;

import com.google.common.base.Ascii;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.List;

/**
 * A STUN server or relay as it is configured: {@code stun:HOST[:PORT]} (RFC 7064), {@code turn:HOST[:PORT]} (RFC 7065), or just
 * {@code HOST[:PORT]}.
 *
 * @param username a relay's; {@code null} for a STUN server
 */
record ServerAddress(ServerReport.Kind kind, String host, int port, String username, String password) {
    /** RFC 8489, section 8.1 and RFC 8656, section 5: the same for both. */
    private static final int DEFAULT_PORT = 3478;

    static ServerAddress stun(String text) {
        return parse(ServerReport.Kind.STUN, "stun", text, null, null);
    }

    static ServerAddress relay(String text, String username, String password) {
        if (username == null || username.isEmpty() || password == null) {
            throw new IllegalArgumentException(
                    "a relay needs a user name and a password: relay(\"turn:HOST:PORT\", \"alice\", \"secret\")");
        }
        return parse(ServerReport.Kind.RELAY, "turn", text, username, password);
    }

    private static ServerAddress parse(ServerReport.Kind kind, String scheme, String text, String username, String password) {
        String rest = text;
        String lower = Ascii.toLowerCase(text);
        if (lower.startsWith(scheme + "s:")) {
            throw new IllegalArgumentException(
                    scheme + "s: (TLS) is not supported yet, use " + scheme + ":HOST[:PORT] over UDP: " + text);
        }
        if (lower.startsWith(scheme + ":")) {
            rest = text.substring(scheme.length() + 1);
        }
        int query = rest.indexOf('?');
        if (query >= 0) {
            checkQuery(Ascii.toLowerCase(rest.substring(query + 1)), scheme, text);
            rest = rest.substring(0, query);
        }
        try {
            HostAndPort server = HostAndPort.fromString(rest).withDefaultPort(DEFAULT_PORT).requireBracketsForIPv6();
            if (isHost(server.getHost()) && server.getPort() > 0) {
                return new ServerAddress(kind, server.getHost(), server.getPort(), username, password);
            }
        } catch (IllegalArgumentException e) {
            throw malformed(scheme, text, e);
        }
        throw malformed(scheme, text, null);
    }

    private static void checkQuery(String query, String scheme, String text) {
        if (query.equals("transport=tcp") || query.equals("transport=tls")) {
            throw new IllegalArgumentException("only UDP to servers so far, " + query + " is not supported yet: " + text);
        }
        if (!scheme.equals("turn") || !query.equals("transport=udp")) {
            throw malformed(scheme, text, null);
        }
    }

    private static boolean isHost(String host) {
        return InetAddresses.isInetAddress(host) || host.matches("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})") && !host.contains("..");
    }

    private static IllegalArgumentException malformed(String scheme, String text, IllegalArgumentException cause) {
        return new IllegalArgumentException("expected " + scheme + ":HOST[:PORT] or HOST[:PORT], for example " + scheme
                + ":server.example.org:3478 or [2001:db8::1]:3478, not '" + text + "'", cause);
    }

    /** The IP address, if that is what was given; no name is looked up. */
    List<InetAddress> literal() {
        return InetAddresses.isInetAddress(host) ? List.of(InetAddresses.forString(host)) : List.of();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return HostAndPort.fromParts(host, port).toString();
    }
}
