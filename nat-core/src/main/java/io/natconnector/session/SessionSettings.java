package io.natconnector.session;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.ice.IceRole;
import io.natconnector.ice.IceSettings;
import io.natconnector.nat.SearchBudget;

/**
 * How a session is to go about it. Durations are nanoseconds.
 *
 * @param ice the agent's numbers
 * @param role {@code null} to agree on it with the peer; set when the peer is a foreign one that was told its role
 * @param relayOnly whether only relayed addresses are used and told
 * @param connectTimeout how long to try until the first path
 * @param recoveryTimeout how long to look for a new path when all are lost
 * @param search what may be spent on NATs with random ports
 * @param hidesHosts whether the peer is to learn no address of our local networks over the path either
 */
public record SessionSettings(IceSettings ice, IceRole role, boolean relayOnly, long connectTimeout, long recoveryTimeout,
        SearchBudget search, boolean hidesHosts) {
    public static final SessionSettings DEFAULT =
            new SessionSettings(IceSettings.DEFAULT, null, false, SECONDS.toNanos(20), SECONDS.toNanos(30),
                    SearchBudget.DEFAULT, false);

    public SessionSettings {
        if (connectTimeout <= 0 || recoveryTimeout <= 0) {
            throw new IllegalArgumentException("timeouts must be positive");
        }
    }

    public SessionSettings withRole(IceRole fixed) {
        return new SessionSettings(ice, fixed, relayOnly, connectTimeout, recoveryTimeout, search, hidesHosts);
    }

    public SessionSettings withRelayOnly(boolean only) {
        return new SessionSettings(ice, role, only, connectTimeout, recoveryTimeout, search, hidesHosts);
    }

    public SessionSettings withConnectTimeout(long nanos) {
        return new SessionSettings(ice, role, relayOnly, nanos, recoveryTimeout, search, hidesHosts);
    }

    public SessionSettings withRecoveryTimeout(long nanos) {
        return new SessionSettings(ice, role, relayOnly, connectTimeout, nanos, search, hidesHosts);
    }

    public SessionSettings withSearch(SearchBudget budget) {
        return new SessionSettings(ice, role, relayOnly, connectTimeout, recoveryTimeout, budget, hidesHosts);
    }

    public SessionSettings withHiddenHosts(boolean hidden) {
        return new SessionSettings(ice, role, relayOnly, connectTimeout, recoveryTimeout, search, hidden);
    }
}
