package io.natconnector.signal;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Where a broker is, and who we are to it.
 *
 * @param user empty when the broker asks for none
 * @param password may be empty
 */
record MqttAddress(String host, int port, boolean tls, String user, String password) {
    private static final int PORT = 1883;
    private static final int TLS_PORT = 8883;

    /** Reads {@code mqtt://[user[:password]@]host[:port]} and {@code mqtts://}. Messages of exceptions never hold the password. */
    static MqttAddress parse(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw bad();                                       // not the cause: its message quotes the whole text
        }
        boolean tls = "mqtts".equalsIgnoreCase(uri.getScheme());
        String path = uri.getRawPath();
        if (!tls && !"mqtt".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null || uri.getRawQuery() != null
                || uri.getRawFragment() != null || path != null && !path.isEmpty() && !path.equals("/")) {
            throw bad();
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? TLS_PORT : PORT;
        if (port < 1 || port > 65_535) {
            throw bad();
        }
        String host = uri.getHost().startsWith("[") ? uri.getHost().substring(1, uri.getHost().length() - 1) : uri.getHost();
        String[] info = uri.getRawUserInfo() == null ? new String[] {""} : uri.getRawUserInfo().split(":", 2);
        return new MqttAddress(host, port, tls, decoded(info[0]), info.length == 2 ? decoded(info[1]) : "");
    }

    private static IllegalArgumentException bad() {
        return new IllegalArgumentException("a broker's address looks like mqtt://broker.example.org:1883 or "
                + "mqtts://user:password@broker.example.org, with special characters in user and password percent-encoded");
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    MqttAddress as(String otherUser, String otherPassword) {
        return new MqttAddress(host, port, tls, otherUser, otherPassword);
    }

    /** For people and logs: no user, no password. */
    @Override
    public String toString() {
        return (tls ? "mqtts://" : "mqtt://") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
