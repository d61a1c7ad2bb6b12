package io.natconnector.natpeer.lab;

import io.natconnector.testkit.NatProfile;

/** One pair of NATs, the connecting side first. */
record Cell(NatProfile a, NatProfile b) {
    static Cell of(NatProfile a, NatProfile b) {
        return new Cell(a, b);
    }

    /** As the lab's command line has it. */
    @Override
    public String toString() {
        return a.name() + ":" + b.name();
    }
}
