package io.natconnector.stun;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;

/**
 * What a {@link BindingServer} does beyond the plain.
 *
 * @param classic whether clients of RFC 3489, whose requests have no cookie, are answered; libnice is one of them
 * @param requireFingerprint whether requests without FINGERPRINT are left unanswered: keeps scanners out of a private server
 * @param alternate the second address of RFC 5780's NAT behaviour discovery; {@code null} for a server without
 */
public record BindingOptions(boolean classic, boolean requireFingerprint, Alternate alternate) {
    public static final BindingOptions DEFAULT = new BindingOptions(true, false, null);

    static final List<StunAttribute<?>> BEHAVIOR_REQUESTS =
            List.of(StunAttribute.CHANGE_REQUEST, StunAttribute.PADDING, StunAttribute.RESPONSE_PORT);
    static final int CHANGE_IP = 4;                           // RFC 5780, section 7.2
    static final int CHANGE_PORT = 2;

    public BindingOptions withClassic(boolean classic) {
        return new BindingOptions(classic, requireFingerprint, alternate);
    }

    public BindingOptions withRequireFingerprint(boolean requireFingerprint) {
        return new BindingOptions(classic, requireFingerprint, alternate);
    }

    /**
     * Turns NAT behaviour discovery on. The driver must have four sockets, on both hosts' addresses with both ports, under
     * the very addresses that clients reach them at. Off by default: an answer grows from 32 bytes to 56.
     */
    public BindingOptions withAlternate(InetSocketAddress primary, InetSocketAddress secondary) {
        return new BindingOptions(classic, requireFingerprint, new Alternate(primary, secondary));
    }

    /** Two addresses that differ in both IP address and port; with the crosswise pairs they make four (RFC 5780, section 3). */
    public record Alternate(InetSocketAddress primary, InetSocketAddress secondary) {
        public Alternate {
            Objects.requireNonNull(primary, "primary");
            if (primary.getAddress().equals(secondary.getAddress()) || primary.getPort() == secondary.getPort()
                    || primary.getAddress().getClass() != secondary.getAddress().getClass()) {
                throw new IllegalArgumentException("need two IP addresses of one family, two ports: " + primary + ", " + secondary);
            }
        }

        /** All four sockets' addresses. */
        public List<InetSocketAddress> sockets() {
            return List.of(primary, at(primary, secondary), at(secondary, primary), secondary);
        }

        /** Where an answer to a request that came in at {@code to} leaves from. */
        InetSocketAddress origin(InetSocketAddress to, int change) {
            InetSocketAddress other = other(to);
            return at((change & CHANGE_IP) == 0 ? to : other, (change & CHANGE_PORT) == 0 ? to : other);
        }

        /** OTHER-ADDRESS: the socket that differs from this one in both. */
        InetSocketAddress other(InetSocketAddress to) {
            return at(to.getAddress().equals(primary.getAddress()) ? secondary : primary,
                    to.getPort() == primary.getPort() ? secondary : primary);
        }

        private static InetSocketAddress at(InetSocketAddress host, InetSocketAddress port) {
            return new InetSocketAddress(host.getAddress(), port.getPort());
        }
    }
}
