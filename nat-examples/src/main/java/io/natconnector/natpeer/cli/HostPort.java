package io.natconnector.natpeer.cli;

import com.google.common.net.HostAndPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code HOST:PORT}, IPv6 addresses in brackets.
 *
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
    /** STUN and TURN over UDP and TCP (RFC 8489, section 18.7). */
    static final int STUN_PORT = 3478;
    /** The same over TLS. */
    static final int TLS_PORT = 5349;

    /** @throws IllegalArgumentException with what was expected */
    public static HostPort parse(String text, int defaultPort) {
        try {
            HostAndPort parsed = HostAndPort.fromString(text).withDefaultPort(defaultPort).requireBracketsForIPv6();
            if (!parsed.getHost().isBlank() && parsed.getPort() > 0) {
                return new HostPort(parsed.getHost(), parsed.getPort());
            }
        } catch (IllegalArgumentException e) {
            // said below, in our words
        }
        throw new IllegalArgumentException("expected HOST:PORT, such as 192.0.2.1:" + defaultPort + " or [2001:db8::1]:"
                + defaultPort + ", not '" + text + "'");
    }

    /** Looks the name up; blocks. */
    public InetSocketAddress resolve() throws IOException {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IOException("the name '" + host + "' has no address", e);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** For options that take a STUN server; the port may be left out, and the {@code stun:} of RFC 7064 be there. */
    public static final class Converter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String value) {
            try {
                return parse(value.startsWith("stun:") ? value.substring("stun:".length()) : value, STUN_PORT);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
