package io.natconnector.natpeer.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A relay as it is given on the command line.
 *
 * @param user who we are to it; {@code null} when {@code --user} says it
 * @param password {@code null} when {@code --pass} says it
 */
public record RelayOption(HostPort server, String user, String password) {
    private static final String FORM = "expected turn:HOST:PORT or turn:USER:PASSWORD@HOST:PORT";

    RelayOption as(String otherUser, String otherPassword) {
        return new RelayOption(server, user == null ? otherUser : user, password == null ? otherPassword : password);
    }

    /** For options: {@code [turn:][USER:PASSWORD@]HOST[:PORT][?transport=udp]}. */
    public static final class Converter implements ITypeConverter<RelayOption> {
        @Override
        public RelayOption convert(String value) {
            try {
                return parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    private static RelayOption parse(String value) {
        if (value.startsWith("turns:") || value.matches(".*\\?transport=(tcp|tls)")) {
            throw new IllegalArgumentException("relays are reached over UDP only; TCP and TLS are not there yet");
        }
        String rest = value.startsWith("turn:") ? value.substring("turn:".length()) : value;
        rest = rest.endsWith("?transport=udp") ? rest.substring(0, rest.indexOf('?')) : rest;
        int at = rest.lastIndexOf('@');
        if (at < 0) {
            return new RelayOption(server(rest), null, null);
        }
        int colon = rest.indexOf(':');
        if (colon < 1 || colon > at) {
            throw new IllegalArgumentException(FORM + ": there is no USER:PASSWORD before the @");
        }
        return new RelayOption(server(rest.substring(at + 1)), rest.substring(0, colon), rest.substring(colon + 1, at));
    }

    /** Without the value in the message: a password may be in it. */
    private static HostPort server(String text) {
        try {
            return HostPort.parse(text, HostPort.STUN_PORT);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(FORM + ", with an IPv6 address in brackets; '" + text + "' is no HOST:PORT");
        }
    }
}
