package io.natconnector.ice;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.TransactionId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The checks that may still be answered. Each sending is a transaction of its own, so an answer tells which sending it is for. */
final class SentChecks {
    /** An answer that takes longer is of no use. */
    private static final long LIFETIME = SECONDS.toNanos(10);

    /** @param padded to how many bytes, 0 if not */
    record SentCheck(CandidatePair pair, long sentAt, IceRole role, boolean nominating, int nomination, int padded) { }

    private final Map<TransactionId, SentCheck> checks = new LinkedHashMap<>();

    void add(TransactionId id, SentCheck check) {
        Iterator<SentCheck> oldestFirst = checks.values().iterator();
        while (oldestFirst.hasNext() && oldestFirst.next().sentAt() + LIFETIME < check.sentAt()) {
            oldestFirst.remove();
        }
        checks.put(id, check);
    }

    SentCheck find(TransactionId id) {
        return checks.get(id);
    }

    void remove(TransactionId id) {
        checks.remove(id);
    }

    int size() {
        return checks.size();
    }
}
