package io.natconnector;

import com.google.common.base.Ascii;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import io.natconnector.stun.Transport;
import java.net.InetAddress;
import java.util.List;

/**
 * A STUN server or relay as it is configured: {@code stun:HOST[:PORT]} (RFC 7064), {@code turn:HOST[:PORT][?transport=udp|tcp]} or
 * {@code turns:HOST[:PORT][?transport=tcp]} (RFC 7065), or just {@code HOST[:PORT]}.
 *
 * @param transport UDP if not said otherwise; {@code turns} is TLS
 * @param username a relay's; {@code null} for a STUN server
 */
record ServerAddress(ServerReport.Kind kind, Transport transport, String host, int port, String username, String password) {
    /** RFC 8489, section 8.1 and RFC 8656, section 5: the same for both. */
    private static final int DEFAULT_PORT = 3478;
    private static final int DEFAULT_TLS_PORT = 5349;

    static ServerAddress stun(String text) {
        String lower = Ascii.toLowerCase(text);
        if (lower.startsWith("stuns:") || lower.contains("?transport=")) {
            throw new IllegalArgumentException("a STUN server is asked over UDP alone, by stun:HOST[:PORT]: over anything else "
                    + "it would say nothing of use: " + text);
        }
        return parse(ServerReport.Kind.STUN, Transport.UDP, "stun", text, withoutScheme("stun", text), null, null);
    }

    static ServerAddress relay(String text, String username, String password) {
        if (username == null || username.isEmpty() || password == null) {
            throw new IllegalArgumentException(
                    "a relay needs a user name and a password: relay(\"turn:HOST:PORT\", \"alice\", \"secret\")");
        }
        boolean secure = Ascii.toLowerCase(text).startsWith("turns:");
        String scheme = secure ? "turns" : "turn";
        String rest = withoutScheme(scheme, text);
        int query = rest.indexOf('?');
        Transport transport = transport(secure, query < 0 ? "" : Ascii.toLowerCase(rest.substring(query + 1)), text);
        String place = query < 0 ? rest : rest.substring(0, query);
        return parse(ServerReport.Kind.RELAY, transport, scheme, text, place, username, password);
    }

    private static Transport transport(boolean secure, String query, String text) {
        return switch (query) {
            case "" -> secure ? Transport.TLS : Transport.UDP;
            case "transport=tcp" -> secure ? Transport.TLS : Transport.TCP;
            case "transport=udp" -> secure ? Transport.DTLS : Transport.UDP;
            case "transport=tls" -> throw new IllegalArgumentException("TLS is turns:HOST[:PORT], without more: " + text);
            default -> throw malformed("turn", text, null);
        };
    }

    private static String withoutScheme(String scheme, String text) {
        return Ascii.toLowerCase(text).startsWith(scheme + ":") ? text.substring(scheme.length() + 1) : text;
    }

    private static ServerAddress parse(ServerReport.Kind kind, Transport transport, String scheme, String text, String place,
            String username, String password) {
        int usual = transport == Transport.TLS || transport == Transport.DTLS ? DEFAULT_TLS_PORT : DEFAULT_PORT;
        try {
            HostAndPort server = HostAndPort.fromString(place).withDefaultPort(usual).requireBracketsForIPv6();
            if (isHost(server.getHost()) && server.getPort() > 0) {
                return new ServerAddress(kind, transport, server.getHost(), server.getPort(), username, password);
            }
        } catch (IllegalArgumentException e) {
            throw malformed(scheme, text, e);
        }
        throw malformed(scheme, text, null);
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

    /** What a relay's certificate must be for; {@code null} for its IP address. */
    String certificateName() {
        return InetAddresses.isInetAddress(host) ? null : host;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return HostAndPort.fromParts(host, port) + (transport == Transport.UDP ? "" : " over " + transport);
    }
}
