package io.natconnector.stun;

import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;

/**
 * The 96 bits that tie a response to its request, as two primitives: value equality and hashing without an array.
 *
 * <p>RFC 8489, section 5: it MUST be uniformly and randomly chosen and SHOULD be cryptographically random; give a
 * {@link java.security.SecureRandom} outside tests.
 */
public record TransactionId(int high, long low) {
    public static TransactionId random(RandomGenerator random) {
        return new TransactionId(random.nextInt(), random.nextLong());
    }

    static TransactionId read(ByteBuf buffer, int at) {
        return new TransactionId(buffer.getInt(at), buffer.getLong(at + 4));
    }

    void write(ByteBuf out) {
        out.writeInt(high).writeLong(low);
    }

    @Override
    public String toString() {
        return "%08x%016x".formatted(high, low);
    }
}
