package io.natconnector.signal;

import java.util.concurrent.atomic.LongAdder;

/** Counted on the event loop, read anywhere. */
final class MqttCounters {
    final LongAdder connections = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder unheard = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder received = new LongAdder();
    final LongAdder forged = new LongAdder();
    final LongAdder stale = new LongAdder();
    final LongAdder replayed = new LongAdder();
    final LongAdder ignored = new LongAdder();

    MqttSignalingStatistics snapshot() {
        return new MqttSignalingStatistics(connections.sum(), sent.sum(), unheard.sum(), dropped.sum(), received.sum(),
                forged.sum(), stale.sum(), replayed.sum(), ignored.sum());
    }
}
