package io.natconnector.testkit;

import java.util.random.RandomGenerator;

/**
 * How a NAT picks the external port of a new mapping (RFC 4787, section 4.2); a port in use is skipped to the next free one.
 *
 * @param kind the rule
 * @param stride how far a sequential allocation goes from one mapping to the next; may be negative, not 0
 */
public record PortAllocation(Kind kind, int stride) {
    public enum Kind { PRESERVING, SEQUENTIAL, RANDOM }

    /** The port inside, where that is free. */
    public static final PortAllocation PRESERVING = new PortAllocation(Kind.PRESERVING, 1);
    /** One after the other, from a random start. */
    public static final PortAllocation SEQUENTIAL = new PortAllocation(Kind.SEQUENTIAL, 1);
    public static final PortAllocation RANDOM = new PortAllocation(Kind.RANDOM, 1);

    public PortAllocation {
        if (stride == 0) {
            throw new IllegalArgumentException("a sequential allocation needs a stride other than 0");
        }
    }

    /** Every {@code stride}-th port. */
    public static PortAllocation sequential(int stride) {
        return new PortAllocation(Kind.SEQUENTIAL, stride);
    }

    /** The port to try first: anything, the caller brings it into range. */
    int first(int inside, int last, int lowest, int highest, RandomGenerator random) {
        return switch (kind) {
            case PRESERVING -> inside;
            case SEQUENTIAL -> last + stride;
            case RANDOM -> random.nextInt(lowest, highest + 1);
        };
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        return kind == Kind.SEQUENTIAL && stride != 1 ? name + "(" + stride + ")" : name;
    }
}
