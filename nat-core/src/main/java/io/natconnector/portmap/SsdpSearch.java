package io.natconnector.portmap;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.natconnector.stun.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;

/** Asks where the gateway describes itself (UPnP Device Architecture 1.1, sections 1.3.2 and 1.3.3). Without state. */
final class SsdpSearch {
    private static final int PORT = 1900;
    private static final InetAddress GROUP = address(239, 255, 255, 250);
    private static final String TARGET = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";
    private static final int LONGEST = 2048;

    private SsdpSearch() { }

    /** To everybody on the link, as most gateways want it. */
    static Datagram toAll(InetSocketAddress local) {
        return to(local, GROUP);
    }

    /** To the gateway alone, for links where multicast gets lost. */
    static Datagram to(InetSocketAddress local, InetAddress to) {
        String request = "M-SEARCH * HTTP/1.1\r\nHOST: " + GROUP.getHostAddress() + ":" + PORT
                + "\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: " + TARGET + "\r\n\r\n";
        return Datagram.udp(local, new InetSocketAddress(to, PORT), Unpooled.copiedBuffer(request, US_ASCII));
    }

    /** Whether it looks like an answer. */
    static boolean is(ByteBuf payload) {
        return payload.readableBytes() > 8 && payload.getInt(payload.readerIndex()) == 0x48545450;       // HTTP
    }

    /**
     * Where the gateway describes itself, or {@code null}: only a gateway, and only at the gateway itself, or any host on the link
     * could make us talk to any other.
     */
    static URI location(ByteBuf answer, InetAddress gateway) {
        int length = Math.min(answer.readableBytes(), LONGEST);
        String[] lines = answer.toString(answer.readerIndex(), length, US_ASCII).split("\r?\n");
        if (!lines[0].startsWith("HTTP/1.") || !lines[0].contains(" 200")) {
            return null;
        }
        String location = null;
        boolean isGateway = false;
        for (String line : lines) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).strip().toUpperCase(Locale.ROOT);
            if (name.equals("LOCATION")) {
                location = line.substring(colon + 1).strip();
            } else if (name.equals("ST")) {
                isGateway = line.contains(":InternetGatewayDevice:");
            }
        }
        return location == null || !isGateway ? null : at(gateway, location, null);
    }

    /** The address, if it is one at the gateway; else {@code null}. */
    static URI at(InetAddress gateway, String text, URI base) {
        try {
            URI uri = base == null ? new URI(text) : base.resolve(new URI(text));
            return "http".equals(uri.getScheme()) && gateway.getHostAddress().equals(uri.getHost()) && uri.getUserInfo() == null
                    ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static InetAddress address(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < raw.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
