package io.natconnector.dtls;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * What the server said last: for the client all depends on it, but only the client can tell that it got lost, by repeating what it
 * answers (RFC 6347, section 4.2.4).
 */
final class FinalFlight {
    /** So often at most, as anybody may send what looks like a repetition. */
    private static final int MAX_REPETITIONS = 30;
    private static final long PAUSE = MILLISECONDS.toNanos(20);

    private final List<byte[]> records;
    private final Plainly plain;
    private final int mtu;
    private long pausedUntil = Long.MIN_VALUE;
    private int repetitions;

    FinalFlight(List<byte[]> records, Plainly plain, int mtu) {
        this.records = records;
        this.plain = plain;
        this.mtu = mtu;
    }

    /** The flight again, if a record in plain asks for it; else nothing. */
    List<ByteBuf> answer(byte[] record, long now) {
        if (Records.type(record) != Records.HANDSHAKE || Records.epoch(record) != 0 || Records.opensHandshake(record)
                || !plain.isNew(Records.sequence(record)) || now < pausedUntil || repetitions == MAX_REPETITIONS) {
            return List.of();
        }
        pausedUntil = now + PAUSE;
        repetitions++;
        return Records.pack(plain.outgoing(records), mtu);
    }
}
