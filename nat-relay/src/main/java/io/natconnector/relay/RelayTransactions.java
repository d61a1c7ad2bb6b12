package io.natconnector.relay;

import io.natconnector.stun.LongTermCredential;
import io.natconnector.stun.LongTermCredential.Attempt;
import io.natconnector.stun.Machine;
import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMessage;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The requests to one relay that await an answer. */
final class RelayTransactions {
    private final Map<TransactionId, RelayTransaction> pending = new HashMap<>();
    private final RandomGenerator random;
    private final ClientWay way;
    private LongTermCredential credential;
    private long requests;
    private long repetitions;
    private long disbelieved;

    RelayTransactions(ClientWay way, RandomGenerator random) {
        this.way = way;
        this.random = random;
        redirected();
    }

    /** Another server, another realm: what the first one taught us is void. */
    void redirected() {
        credential = new LongTermCredential(way.access().username(), way.access().password());
    }

    void start(RelayTransaction transaction, long now) {
        transaction.attempt = credential.attempt();
        launch(transaction, now);
    }

    private void launch(RelayTransaction transaction, long now) {
        transaction.id = TransactionId.random(random);
        StunWriter writer = StunWriter.write(transaction.method, StunClass.REQUEST, transaction.id);
        transaction.attributes.accept(writer);
        transaction.release();
        transaction.wire = (transaction.method == StunMethod.BINDING ? writer : credential.authenticate(writer)).end();
        transaction.start = now;
        transaction.sent = 0;
        requests++;
        pending.put(transaction.id, transaction);
        transmit(transaction);
    }

    private void transmit(RelayTransaction transaction) {
        transaction.sent++;
        way.send(transaction.wire.retainedDuplicate());
    }

    /** Whose answer this is, or {@code null}. */
    RelayTransaction find(StunMessage answer) {
        RelayTransaction transaction = pending.get(answer.transactionId());
        return transaction != null && transaction.method == answer.method() ? transaction : null;
    }

    /** Whether the answer proves itself; one that does not changes nothing. */
    boolean verify(StunMessage answer, RelayTransaction transaction) {
        return transaction.method == StunMethod.BINDING || credential.verify(answer, transaction.attempt);
    }

    /** Counts an answer that did not prove itself. */
    void disbelieve() {
        disbelieved++;
    }

    long disbelieved() {
        return disbelieved;
    }

    void remove(RelayTransaction transaction) {
        pending.remove(transaction.id);
        transaction.release();
    }

    /** Follows a 401 or 438 by asking again; false when that has no sense. */
    boolean retry(StunMessage challenge, RelayTransaction transaction, long now) {
        Attempt next = credential.challenge(challenge, transaction.attempt);
        remove(transaction);
        if (next == null) {
            return false;
        }
        transaction.attempt = next;
        launch(transaction, now);
        return true;
    }

    /** Repeats what is due and answers one that nobody answered in time, or {@code null} when no more is due. */
    RelayTransaction handleTimeout(long now) {
        for (Iterator<RelayTransaction> each = pending.values().iterator(); each.hasNext();) {
            RelayTransaction transaction = each.next();
            if (transaction.due() > now) {
                continue;
            }
            if (transaction.isExhausted()) {
                each.remove();
                transaction.release();
                return transaction;
            }
            // A late timer makes up for nothing: one repetition, and those that it missed are skipped.
            transmit(transaction);
            repetitions++;
            while (!transaction.isExhausted() && transaction.due() <= now) {
                transaction.sent++;
            }
        }
        return null;
    }

    long nextTimeout() {
        long next = Machine.NEVER;
        for (RelayTransaction transaction : pending.values()) {
            next = Math.min(next, transaction.due());
        }
        return next;
    }

    boolean has(StunMethod method) {
        return pending.values().stream().anyMatch(transaction -> transaction.method == method);
    }

    /** Gives up requests of that kind. */
    void cancel(StunMethod method) {
        for (RelayTransaction transaction : List.copyOf(pending.values())) {
            if (transaction.method == method) {
                remove(transaction);
            }
        }
    }

    void clear() {
        pending.values().forEach(RelayTransaction::release);
        pending.clear();
    }

    int size() {
        return pending.size();
    }

    long requests() {
        return requests;
    }

    long repetitions() {
        return repetitions;
    }
}
