package io.natconnector.dtls;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBuf;

/**
 * The keys in use: those that records are sealed with, those before, by which stragglers still come, and those that the peer may
 * switch to at any time.
 */
final class KeyRing {
    /** How long a record may be underway when the keys change. */
    static final long STRAGGLERS = SECONDS.toNanos(30);

    private Epoch current;
    private Epoch previous;
    private Epoch next;
    private long previousUntil = Machine.NEVER;

    KeyRing(Epoch first) {
        this.current = first;
    }

    /** What records are sealed with. */
    Epoch current() {
        return current;
    }

    /** Whether we have newer keys, and don't know yet that the peer has them. */
    boolean isSwitching() {
        return next != null;
    }

    /** The number of the epoch to come. */
    int nextNumber() {
        return current.number() + 1;
    }

    /** Those that the peer has for certain: they are used at once. */
    void adopt(Epoch newer, long now) {
        previous = current;
        previousUntil = now + STRAGGLERS;
        current = newer;
        next = null;
    }

    /** Those that the peer will have if our last words get there: they are used when it does. */
    void await(Epoch newer) {
        next = newer;
    }

    /** Those that a record names, or {@code null}. */
    Epoch named(ByteBuf datagram, int at) {
        int number = Records.epoch(datagram, at);
        if (number == current.number()) {
            return current;
        }
        return previous != null && number == previous.number() ? previous : next != null && number == next.number() ? next : null;
    }

    /** These have opened a record: so the peer has them. */
    void heard(Epoch epoch, long now) {
        if (epoch == next) {
            adopt(epoch, now);
        }
    }

    void handleTimeout(long now) {
        if (now >= previousUntil) {
            previous = null;
            previousUntil = Machine.NEVER;
        }
    }

    long nextTimeout() {
        return previousUntil;
    }
}
