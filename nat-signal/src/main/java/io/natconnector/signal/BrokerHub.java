package io.natconnector.signal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** The middle of the broker: who is there, who wants what, what is retained. Belongs to one event loop, without sockets. */
final class BrokerHub {
    final BrokerOptions options;
    final LongSupplier clock;
    final LongAdder published = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder cut = new LongAdder();
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicInteger retainedCount = new AtomicInteger();
    private final Map<String, BrokerSession> sessions = new HashMap<>();
    private final TopicTree<BrokerSession, BrokerSubscription> subscriptions = new TopicTree<>();
    private final Map<String, BrokerMessage> retained = new LinkedHashMap<>();
    private long retainedBytes;

    /** @param clock nanoseconds of a monotonic clock */
    BrokerHub(BrokerOptions options, LongSupplier clock) {
        this.options = options;
        this.clock = clock;
    }

    /** A client has said who it is. Who was there under the same id has to go: MQTT 5, section 3.1.4. */
    void join(String clientId, BrokerSession session) {
        BrokerSession before = sessions.put(clientId, session);
        clients.set(sessions.size());
        if (before != null) {
            before.takenOver();
        }
    }

    void leave(String clientId, BrokerSession session, Iterable<String> filters) {
        sessions.remove(clientId, session);
        clients.set(sessions.size());
        filters.forEach(filter -> subscriptions.remove(filter, session));
    }

    /** Returns whether the client had not subscribed to this before. */
    boolean subscribe(BrokerSession session, String filter, BrokerSubscription subscription) {
        return subscriptions.put(filter, session, subscription) == null;
    }

    boolean unsubscribe(BrokerSession session, String filter) {
        return subscriptions.remove(filter, session) != null;
    }

    /**
     * Gives the message to all who want it. Returns how many that were.
     *
     * @param from may be {@code null}: one that has left
     */
    int publish(BrokerMessage message, BrokerSession from) {
        published.increment();
        Map<BrokerSession, BrokerSubscription> receivers = new LinkedHashMap<>();
        subscriptions.match(message.topic(), (session, subscription) -> {
            if (!subscription.noLocal() || session != from) {
                receivers.merge(session, subscription, BrokerSubscription::or);
            }
        });
        receivers.forEach((session, subscription) ->
                session.deliver(message, subscription.qos(), subscription.retainAsPublished() && message.retain()));
        return receivers.size();
    }

    /** Keeps the message in place of that of the same topic; an empty one only removes that. False when there is no room. */
    boolean retain(BrokerMessage message) {
        BrokerMessage before = retained.remove(message.topic());
        retainedBytes -= before == null ? 0 : before.size();
        boolean fits = message.payload().length == 0
                || retained.size() < options.maxRetained && retainedBytes + message.size() <= options.maxPending / 2;
        if (fits && message.payload().length > 0) {
            retained.put(message.topic(), message);
            retainedBytes += message.size();
        }
        retainedCount.set(retained.size());
        return fits;
    }

    List<BrokerMessage> retainedFor(String filter) {
        TopicTree<String, Boolean> wanted = new TopicTree<>();
        wanted.put(filter, filter, true);
        long now = clock.getAsLong();
        retained.values().removeIf(message -> {
            boolean expired = message.expiry() <= now;
            retainedBytes -= expired ? message.size() : 0;
            return expired;
        });
        retainedCount.set(retained.size());
        List<BrokerMessage> found = new ArrayList<>();
        for (BrokerMessage message : retained.values()) {
            wanted.match(message.topic(), (any, yes) -> found.add(message));
        }
        return found;
    }

    /** Sends everybody home. */
    void shutDown() {
        new ArrayList<>(sessions.values()).forEach(BrokerSession::shutDown);
    }

    /** Any thread. */
    BrokerStatistics statistics() {
        return new BrokerStatistics(clients.get(), retainedCount.get(), published.sum(), delivered.sum(), refused.sum(), cut.sum());
    }
}
