package io.natconnector.signal;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** 128 random bits that tell one message from all others. */
record MessageId(long high, long low) {
    static final int LENGTH = 16;

    static MessageId random(RandomGenerator random) {
        return new MessageId(random.nextLong(), random.nextLong());
    }

    static MessageId read(ByteBuffer from) {
        return new MessageId(from.getLong(), from.getLong());
    }

    byte[] bytes() {
        return ByteBuffer.allocate(LENGTH).putLong(high).putLong(low).array();
    }
}
