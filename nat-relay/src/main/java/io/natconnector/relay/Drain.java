package io.natconnector.relay;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.natconnector.stun.StunClass;
import io.natconnector.stun.StunMethod;
import io.natconnector.stun.StunWriter;
import io.natconnector.stun.TransactionId;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A server that goes out of service in good order: nobody new comes in, those who are there are told, and in the end they are gone.
 *
 * <p>A server has no way to ask a client anything, so it hints: a Binding indication, which RFC 8489, section 6.3.2 lets everybody
 * ignore. Who understands it asks, by a Refresh, and is told how long the allocation lasts yet, and where to go instead. The
 * hints are spread over the first half of the time, so that thousands do not go to the next server all at once, and repeated for
 * those who have not asked.
 */
final class Drain extends Deadlines.Entry {
    private static final long TICK = MILLISECONDS.toNanos(100);
    private static final int ROUNDS = 3;

    private final RelayHub hub;
    private final List<Listener> listeners;
    private final long begunAt;
    private final long endsAt;
    private final Queue<Allocation> untold = new ArrayDeque<>();
    private int round;

    Drain(RelayHub hub, List<Listener> listeners, long begunAt, long endsAt) {
        this.hub = hub;
        this.listeners = listeners;
        this.begunAt = begunAt;
        this.endsAt = endsAt;
    }

    long endsAt() {
        return endsAt;
    }

    @Override
    void expire(long now) {
        if (now >= endsAt) {
            listeners.forEach(listener -> listener.endAll(now));
            return;
        }
        long roundEndsAt = roundEndsAt();
        if (untold.isEmpty() && now >= roundEndsAt && round < ROUNDS) {
            round++;
            roundEndsAt = roundEndsAt();
            listeners.forEach(listener -> listener.forEach(allocation -> {
                if (!allocation.knowsItsEnd()) {
                    untold.add(allocation);
                }
            }));
        }
        long ticks = Math.max(1, (roundEndsAt - now) / TICK);
        for (long share = (untold.size() + ticks - 1) / ticks; share > 0; share--) {
            hint(untold.remove());
        }
        long next = untold.isEmpty() ? round < ROUNDS ? roundEndsAt : endsAt : now + TICK;
        hub.deadlines.set(this, Math.min(next, endsAt));
    }

    /** The rounds share the first half of the time. */
    private long roundEndsAt() {
        return begunAt + (endsAt - begunAt) / 2 * round / ROUNDS;
    }

    private void hint(Allocation allocation) {
        if (!allocation.knowsItsEnd() && allocation.stands()) {
            hub.transmit(allocation.toClient(
                    StunWriter.write(StunMethod.BINDING, StunClass.INDICATION, TransactionId.random(hub.random)).end()));
        }
    }
}
