package io.natconnector.relay;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Which peers a relay talks to on behalf of its clients. A relay stands inside its operator's network, so without a policy it is
 * the hole in the firewall: the default forbids every address that is not somebody's on the public internet.
 *
 * <p>What {@link Builder#deny} names is forbidden; of the rest, what {@link Builder#allow} names is allowed; of the rest, IANA's
 * special-purpose blocks are forbidden; and all else is allowed. IPv6 addresses that embed an IPv4 one (mapped, compatible, 6to4,
 * Teredo) are forbidden whatever is configured; those of NAT64 only open to an {@code allow} of their own, and only to where the
 * IPv4 address inside may be reached.
 *
 * <p>The blocks for documentation (198.51.100.0/24 and the like) are not forbidden: nobody is there to be protected.
 *
 * <p>Immutable.
 */
public final class PeerPolicy {
    /** Public addresses only. */
    public static final PeerPolicy PUBLIC_ONLY = builder().build();

    /** IANA's registries of special-purpose addresses, and multicast. */
    private static final List<Cidr> SPECIAL = blocks(
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16", "5f00::/16",
            "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8");

    private final List<Cidr> allowed;
    private final List<Cidr> denied;

    private PeerPolicy(Builder builder) {
        this.allowed = List.copyOf(builder.allowed);
        this.denied = List.copyOf(builder.denied);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Whether the relay may talk to this address. */
    public boolean permits(InetAddress peer) {
        byte[] address = peer.getAddress();
        return opens(address) || !isSpecial(address) && !contains(denied, address);
    }

    /** Whether it may because the operator named it. */
    boolean permitsByName(InetAddress peer) {
        return opens(peer.getAddress());
    }

    private boolean opens(byte[] address) {
        EmbeddedIpv4 embedded = EmbeddedIpv4.of(address);
        if (embedded != null && (embedded.isNeverRelayed() || !permitsInner(embedded.extract(address)))) {
            return false;
        }
        return contains(allowed, address) && !contains(denied, address);
    }

    private boolean permitsInner(byte[] ipv4) {
        return !contains(denied, ipv4) && (contains(allowed, ipv4) || !isSpecial(ipv4));
    }

    private static boolean isSpecial(byte[] address) {
        return contains(SPECIAL, address);
    }

    private static boolean contains(List<Cidr> blocks, byte[] address) {
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static List<Cidr> blocks(String... blocks) {
        List<Cidr> parsed = new ArrayList<>();
        for (String block : blocks) {
            parsed.add(Cidr.parse(block));
        }
        return List.copyOf(parsed);
    }

    @Override
    public String toString() {
        return "peers: deny " + denied + ", allow " + allowed + ", else public addresses only";
    }

    /** What an operator adds to the default. */
    public static final class Builder {
        private final List<Cidr> allowed = new ArrayList<>();
        private final List<Cidr> denied = new ArrayList<>();

        private Builder() { }

        /**
         * Opens blocks that the default forbids.
         *
         * @param blocks as {@code 10.1.0.0/16} or {@code fd00:1::/32}
         * @throws IllegalArgumentException when one is not well formed
         */
        public Builder allow(String... blocks) {
            allowed.addAll(PeerPolicy.blocks(blocks));
            return this;
        }

        /** Forbids blocks, whatever {@link #allow} says. */
        public Builder deny(String... blocks) {
            denied.addAll(PeerPolicy.blocks(blocks));
            return this;
        }

        public PeerPolicy build() {
            return new PeerPolicy(this);
        }
    }
}
