package io.natconnector.session;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.relay.RelayClient;
import io.natconnector.stun.Machine;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The ways from relays that go out of service to the next: we stand at both for a while. */
final class RelayDepartures {
    /** Peers have found the way over the next relay by then. */
    private static final long SETTLING = SECONDS.toNanos(5);
    private static final long LAST_MOMENT = SECONDS.toNanos(1);

    private static final class Departure {
        private final RelayClient to;
        private final long endsAt;
        private long leaveAt = Machine.NEVER;

        Departure(RelayClient to, long endsAt) {
            this.to = to;
            this.endsAt = endsAt;
        }
    }

    private final Map<RelayClient, Departure> byClient = new LinkedHashMap<>();

    void begin(RelayClient from, RelayClient to, long endsAt) {
        byClient.put(from, new Departure(to, endsAt));
    }

    /** Goes to another relay that we stand at already; false when there is none that stays. */
    boolean begin(RelayClient from, Collection<RelayClient> all, long endsAt, long now) {
        for (RelayClient other : all) {
            if (other != from && other.relayed() != null && !other.isEnded() && !byClient.containsKey(other)
                    && other.relayed().getAddress().getClass() == from.relayed().getAddress().getClass()) {
                begin(from, other, endsAt);
                stands(other, now);
                return true;
            }
        }
        return false;
    }

    /** That one has been granted an allocation: if it is the next of another, it will soon be time to leave that. */
    void stands(RelayClient client, long now) {
        for (Departure departure : byClient.values()) {
            if (departure.to == client) {
                departure.leaveAt = Math.min(now + SETTLING, Math.max(now, departure.endsAt - LAST_MOMENT));
            }
        }
    }

    /** Those whom to leave now. */
    List<RelayClient> due(long now) {
        return byClient.entrySet().stream().filter(entry -> entry.getValue().leaveAt <= now).map(Map.Entry::getKey).toList();
    }

    void remove(RelayClient client) {
        byClient.remove(client);
    }

    long next() {
        return byClient.values().stream().mapToLong(departure -> departure.leaveAt).min().orElse(Machine.NEVER);
    }
}
