package io.natconnector.signal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What one peer writes to another, as it stands inside the envelope: time, sender, text.
 *
 * @param id unique among all letters
 * @param time when it was written, milliseconds of the Unix epoch by the sender's clock
 */
record Letter(MessageId id, long time, String from, String text) {
    /** In UTF-8. Words are 1 to 4 kB; with name, seal and topic the packet stays below 64 KiB. */
    static final int MAX_TEXT = 60 * 1024;
    private static final int MIN_BODY = Long.BYTES + 1;

    /** @throws IllegalArgumentException when the text is too long, or the sender has no proper name */
    byte[] body() {
        byte[] name = PeerName.utf8(from);
        byte[] words = words(text);
        return ByteBuffer.allocate(MIN_BODY + name.length + words.length)
                .putLong(time).put((byte) name.length).put(name).put(words).array();
    }

    /** @throws IllegalArgumentException when the text is too long */
    static byte[] words(String text) {
        byte[] words = text.getBytes(StandardCharsets.UTF_8);
        if (words.length > MAX_TEXT) {
            throw new IllegalArgumentException("a text must be at most " + MAX_TEXT + " bytes, not " + words.length);
        }
        return words;
    }

    /** The letter with this body, or {@code null} when it is not well formed. */
    static Letter read(MessageId id, ByteBuffer body) {
        if (body.remaining() < MIN_BODY || body.remaining() > MIN_BODY + PeerName.MAX_BYTES + MAX_TEXT) {
            return null;
        }
        long time = body.getLong();
        int length = body.get() & 0xFF;
        if (length == 0 || length > body.remaining()) {
            return null;
        }
        String from = PeerName.strictText(body.slice(body.position(), length));
        String text = PeerName.strictText(body.position(body.position() + length));
        return from == null || text == null ? null : new Letter(id, time, from, text);
    }
}
