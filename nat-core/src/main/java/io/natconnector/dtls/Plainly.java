package io.natconnector.dtls;

import java.util.ArrayList;
import java.util.List;

/**
 * The records of epoch 0, which are sent in plain. Both ways they get numbers of our own, so that a flight can be repeated to the
 * peer, and the peer's flight to Bouncy Castle, without being taken for a replay.
 */
final class Plainly {
    /** A flight of the largest usual certificate chains; what goes beyond can't be repeated to Bouncy Castle. */
    private static final int MAX_KEPT = 16 * 1024;

    private final List<byte[]> heard = new ArrayList<>();
    private int heardBytes;
    private long nextOut;
    private long nextIn;
    private long newest = -1;
    private long seen;                                        // bit i: the number newest - i was there

    /** A record of that number was heard before this began: the answer to it bears its number (RFC 6347, section 4.2.1). */
    void heardAlready(long sequence) {
        if (sequence >= 0) {
            isNew(sequence);
            nextOut = sequence;
            nextIn = sequence + 1;
        }
    }

    /** Whether this record of the peer is not one that was here before; it gets a number of ours then. */
    boolean admit(byte[] record) {
        if (!isNew(Records.sequence(record))) {
            return false;
        }
        ours(record);
        return true;
    }

    /** A record for Bouncy Castle gets a number of ours. */
    byte[] ours(byte[] record) {
        return Records.number(record, nextIn++);
    }

    /** Whether a record of this number was not here before; that is noted. */
    boolean isNew(long sequence) {
        if (sequence > newest) {
            long ahead = sequence - newest;
            seen = ahead >= Long.SIZE ? 1 : seen << ahead | 1;
            newest = sequence;
            return true;
        }
        long behind = newest - sequence;
        if (behind >= Long.SIZE) {
            return true;                                      // nobody has authenticated the newest: let Bouncy Castle decide
        }
        boolean first = (seen & 1L << behind) == 0;
        seen |= 1L << behind;
        return first;
    }

    /** Remembers what the peer has said, to be able to repeat it to Bouncy Castle. */
    void remember(byte[] record) {
        if (heardBytes + record.length <= MAX_KEPT) {
            heardBytes += record.length;
            heard.add(record.clone());
        }
    }

    /** All that was remembered, under new numbers. */
    List<byte[]> repeat() {
        List<byte[]> again = new ArrayList<>(heard.size());
        heard.forEach(record -> again.add(ours(record.clone())));
        return again;
    }

    void forget() {
        heard.clear();
    }

    /** Records on their way out, those of epoch 0 under our numbers. */
    List<byte[]> outgoing(List<byte[]> records) {
        records.forEach(record -> {
            if (Records.epoch(record) == 0) {
                Records.number(record, nextOut++);
            }
        });
        return records;
    }
}
