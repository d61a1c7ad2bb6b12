package io.natconnector.signal;

/**
 * How a letter travels through the hands of a carrier that may read, change, repeat and invent what it likes. Not thread-safe.
 */
interface Envelope {
    /** The topic on which the peer of this name listens. */
    String topic(String name);

    /** @throws IllegalArgumentException for a text that is too long or a name that can't be addressed */
    byte[] wrap(Letter letter, String to);

    /** The letter in an envelope that came for the peer of this name, or {@code null} when it is forged, changed or no envelope. */
    Letter unwrap(byte[] envelope, String self);
}
