package io.natconnector;

import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * The way that datagrams take between two peers at present.
 *
 * @param localKind how the local address is known
 * @param local our address as the peer sees it
 * @param remoteKind how the peer's address is known
 * @param remote the peer's address as we see it
 * @param roundTrip as measured when the path was chosen
 * @param mtu the longest UDP payload, in bytes, that is known to pass; 1240 until longer ones have been tried. What is left of it
 *     for the application is {@link PeerChannel#mtu}
 */
public record Path(Kind localKind, InetSocketAddress local, Kind remoteKind, InetSocketAddress remote, Duration roundTrip,
        int mtu) {
    /** How an address is known. */
    public enum Kind {
        /** An address of the machine itself. */
        HOST,
        /** The address that a NAT lends it. */
        REFLEXIVE,
        /** An address at a relay that forwards for it. */
        RELAYED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Path {
        Objects.requireNonNull(localKind, "localKind");
        Objects.requireNonNull(local, "local");
        Objects.requireNonNull(remoteKind, "remoteKind");
        Objects.requireNonNull(remote, "remote");
        Objects.requireNonNull(roundTrip, "roundTrip");
    }

    /** Whether a relay forwards for either side. */
    public boolean isRelayed() {
        return localKind == Kind.RELAYED || remoteKind == Kind.RELAYED;
    }

    @Override
    public String toString() {
        return localKind + " " + text(local) + " -> " + remoteKind + " " + text(remote) + " (" + text(roundTrip) + ")";
    }

    static String text(InetSocketAddress address) {
        return InetAddresses.toUriString(address.getAddress()) + ":" + address.getPort();
    }

    static String text(Duration duration) {
        return duration.compareTo(Duration.ofSeconds(1)) < 0
                ? String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6)
                : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
}
