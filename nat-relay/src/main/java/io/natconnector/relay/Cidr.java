package io.natconnector.relay;

import io.netty.util.NetUtil;
import java.net.InetAddress;

/**
 * A block of addresses, as {@code 198.51.100.0/24}, {@code 2001:db8::/32}, or one address alone.
 *
 * <p>An IPv4 block holds IPv4 addresses only, never IPv6 addresses that embed one.
 */
final class Cidr {
    private final byte[] prefix;
    private final int bits;

    private Cidr(byte[] prefix, int bits) {
        this.prefix = prefix;
        this.bits = bits;
    }

    /**
     * @throws IllegalArgumentException when the text is no block of addresses, or its address has bits beyond the prefix: whoever
     *         wrote it meant something else
     */
    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        // Of dots among colons parsers make different things, so nobody shall rely on them here
        if (address == null || text.indexOf(':') >= 0 && text.indexOf('.') >= 0) {
            throw new IllegalArgumentException("not a block of addresses: " + text);
        }
        int bits = slash < 0 ? address.length * 8 : length(text, slash, address.length * 8);
        for (int bit = bits; bit < address.length * 8; bit++) {
            if ((address[bit >> 3] & 0x80 >> (bit & 7)) != 0) {
                throw new IllegalArgumentException(text + " has address bits beyond its prefix");
            }
        }
        return new Cidr(address, bits);
    }

    private static int length(String text, int slash, int most) {
        try {
            int bits = Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= most) {
                return bits;
            }
        } catch (NumberFormatException e) {
            // the same to whoever wrote it
        }
        throw new IllegalArgumentException("a prefix is 0 to " + most + " bits long: " + text);
    }

    boolean contains(InetAddress address) {
        return contains(address.getAddress());
    }

    boolean contains(byte[] address) {
        if (address.length != prefix.length) {
            return false;
        }
        int whole = bits >> 3;
        for (int i = 0; i < whole; i++) {
            if (address[i] != prefix[i]) {
                return false;
            }
        }
        int rest = bits & 7;
        return rest == 0 || ((address[whole] ^ prefix[whole]) & 0xFF00 >> rest & 0xFF) == 0;
    }

    @Override
    public String toString() {
        return NetUtil.bytesToIpAddress(prefix) + "/" + bits;
    }
}
