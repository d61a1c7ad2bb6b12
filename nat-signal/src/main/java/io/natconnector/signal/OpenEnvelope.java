package io.natconnector.signal;

import java.nio.ByteBuffer;

/** Words in the clear, for a broker that is trusted like the peers are: one format byte, the id, the body. */
final class OpenEnvelope implements Envelope {
    private static final byte FORMAT = 0;
    private static final int HEADER = 1 + MessageId.LENGTH;

    private final String prefix;

    OpenEnvelope(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public String topic(String name) {
        return prefix + "/" + PeerName.encoded(name);
    }

    @Override
    public byte[] wrap(Letter letter, String to) {
        byte[] body = letter.body();
        return ByteBuffer.allocate(HEADER + body.length).put(FORMAT).put(letter.id().bytes()).put(body).array();
    }

    @Override
    public Letter unwrap(byte[] envelope, String self) {
        ByteBuffer in = ByteBuffer.wrap(envelope);
        if (in.remaining() < HEADER || in.get() != FORMAT) {
            return null;
        }
        return Letter.read(MessageId.read(in), in);
    }
}
