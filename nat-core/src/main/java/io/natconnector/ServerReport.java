package io.natconnector;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What one STUN server, relay or home gateway said to one of our sockets.
 *
 * @param kind what it is
 * @param server its address; its name where that could not be resolved
 * @param local the socket that asked; empty where no socket could
 * @param address the address that it gave us: ours as a STUN server sees it, the relayed one, or the gateway's port that is ours;
 *     empty if it gave none
 * @param roundTrip empty if there was no answer
 * @param outcome for people: the address, or why there is none
 */
public record ServerReport(Kind kind, String server, String local, Optional<InetSocketAddress> address,
        Optional<Duration> roundTrip, String outcome) {
    /** What a server does for us. */
    public enum Kind {
        STUN, RELAY,
        /** Opens a port at our request, by the protocol that its name ends with: PCP, NAT-PMP or UPnP. */
        GATEWAY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ServerReport {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(local, "local");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(roundTrip, "roundTrip");
        Objects.requireNonNull(outcome, "outcome");
    }

    @Override
    public String toString() {
        return kind + " " + server + (local.isEmpty() ? "" : " from " + local) + ": " + outcome
                + roundTrip.map(time -> " (" + Path.text(time) + ")").orElse("");
    }
}
