package io.natconnector.relay;

import java.util.Arrays;

/** IPv6 addresses behind which an IPv4 address hides: a packet to one of them may come out at the other. */
enum EmbeddedIpv4 {
    /** RFC 4291, section 2.5.5.2. Java turns these into IPv4 addresses by itself; this is for those that it might not. */
    MAPPED("::ffff:0:0/96", 12, false),
    /** RFC 4291, section 2.5.5.1: deprecated, and yet understood. */
    COMPATIBLE("::/96", 12, false),
    /** RFC 6052, section 2.1, and RFC 8215. */
    NAT64("64:ff9b::/96", 12, false), NAT64_LOCAL("64:ff9b:1::/48", 12, false),
    /** RFC 3056, section 2. */
    SIX_TO_FOUR("2002::/16", 2, false),
    /** RFC 4380, section 4: the client's address, every bit turned. */
    TEREDO("2001::/32", 12, true);

    private static final EmbeddedIpv4[] ALL = values();
    /** The unspecified address and loopback, which embed nothing. */
    private static final Cidr PLAIN = Cidr.parse("::/127");

    private final Cidr block;
    private final int offset;
    private final boolean inverted;

    EmbeddedIpv4(String block, int offset, boolean inverted) {
        this.block = Cidr.parse(block);
        this.offset = offset;
        this.inverted = inverted;
    }

    /** How the address embeds another, or {@code null} if it does not. */
    static EmbeddedIpv4 of(byte[] address) {
        if (address.length == 16) {
            for (EmbeddedIpv4 kind : ALL) {
                if (kind.block.contains(address)) {
                    return kind == COMPATIBLE && PLAIN.contains(address) ? null : kind;
                }
            }
        }
        return null;
    }

    byte[] extract(byte[] address) {
        byte[] inner = Arrays.copyOfRange(address, offset, offset + 4);
        for (int i = 0; inverted && i < inner.length; i++) {
            inner[i] = (byte) ~inner[i];
        }
        return inner;
    }

    /**
     * Whether no configuration may open these: RFC 6156, section 9.1 says that a relay must not accept Teredo or 6to4 addresses;
     * mapped and compatible ones have no business on a wire at all.
     */
    boolean isNeverRelayed() {
        return this != NAT64 && this != NAT64_LOCAL;
    }
}
