package io.natconnector;

import com.google.common.net.HostAndPort;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * An HTTP proxy that leads out of the local network by the CONNECT method (RFC 9110, section 9.3.6).
 *
 * @param address resolved
 * @param authorization the value of Proxy-Authorization, or {@code null}
 */
record HttpProxy(InetSocketAddress address, String authorization) {
    private static final int USUAL_PORT = 3128;

    /**
     * Looks the name up, which may block.
     *
     * @param text {@code [http://][USER:PASSWORD@]HOST[:PORT]}
     */
    static HttpProxy parse(String text) {
        String rest = text.startsWith("http://") ? text.substring("http://".length()) : text;
        rest = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        int at = rest.lastIndexOf('@');
        String account = at < 0 ? null : rest.substring(0, at);
        HostAndPort place;
        try {
            place = HostAndPort.fromString(rest.substring(at + 1)).withDefaultPort(USUAL_PORT).requireBracketsForIPv6();
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        if (place.getHost().isBlank() || place.getPort() == 0 || account != null && account.indexOf(':') < 1) {
            throw malformed();
        }
        InetSocketAddress address = new InetSocketAddress(place.getHost(), place.getPort());
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("the proxy's name can't be resolved: " + place.getHost());
        }
        return new HttpProxy(address, account == null ? null
                : "Basic " + Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8)));
    }

    /** Without what was given: a password may be in it. */
    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("expected a proxy as HOST:PORT or http://USER:PASSWORD@HOST:PORT");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "proxy " + address;
    }
}
