package io.natconnector.natpeer.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A relay as it is given on the command line.
 *
 * @param uri what it is to the SDK, without user and password
 * @param user who we are to it; {@code null} when {@code --user} says it
 * @param password {@code null} when {@code --pass} says it
 */
public record RelayOption(String uri, HostPort server, String user, String password) {
    private static final String FORM = "expected turn:HOST:PORT or turn:USER:PASSWORD@HOST:PORT, turns: for TLS";
    private static final Pattern URI = Pattern.compile("(turns?:)?(?:(.*)@)?([^@?]*)(\\?transport=(?:udp|tcp))?", Pattern.DOTALL);

    RelayOption as(String otherUser, String otherPassword) {
        return new RelayOption(uri, server, user == null ? otherUser : user, password == null ? otherPassword : password);
    }

    /** For options: {@code [turn:|turns:][USER:PASSWORD@]HOST[:PORT][?transport=udp|tcp]}. */
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
        Matcher uri = URI.matcher(value);
        if (!uri.matches()) {
            throw new IllegalArgumentException(FORM + ", and ?transport=tcp for TCP");
        }
        String scheme = uri.group(1) == null ? "turn:" : uri.group(1);
        String query = uri.group(4) == null ? "" : uri.group(4);
        HostPort server = server(uri.group(3), scheme.equals("turns:") ? HostPort.TLS_PORT : HostPort.STUN_PORT);
        String whole = scheme + server + query;
        String account = uri.group(2);
        if (account == null) {
            return new RelayOption(whole, server, null, null);
        }
        int colon = account.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(FORM + ": there is no USER:PASSWORD before the @");
        }
        return new RelayOption(whole, server, account.substring(0, colon), account.substring(colon + 1));
    }

    /** Without the value in the message: a password may be in it. */
    private static HostPort server(String text, int usualPort) {
        try {
            return HostPort.parse(text, usualPort);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(FORM + ", with an IPv6 address in brackets; '" + text + "' is no HOST:PORT");
        }
    }
}
