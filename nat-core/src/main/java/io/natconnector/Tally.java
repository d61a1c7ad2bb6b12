package io.natconnector;

import java.util.concurrent.atomic.AtomicLong;

/** A count that one thread makes and any may read. */
final class Tally {
    private final AtomicLong value = new AtomicLong();

    void up() {
        value.setOpaque(value.getPlain() + 1);
    }

    long value() {
        return value.getOpaque();
    }
}
