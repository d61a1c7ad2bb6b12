package io.natconnector.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.function.Consumer;
import org.bouncycastle.tls.DTLSRequest;
import org.bouncycastle.tls.DTLSVerifier;
import org.bouncycastle.tls.DatagramSender;

/**
 * Answers those who begin a handshake with a cookie, without remembering anything, and hears them when they come back with it
 * (RFC 6347, section 4.2.1). The answer is no longer than the question. One thread.
 */
public final class HelloVerifier {
    /** Record and message headers, version and random: less is no ClientHello. */
    private static final int RANDOM_AT = Records.HEADER_LENGTH + 12 + 2;
    private static final int LEAST = RANDOM_AT + 32;
    private static final int MOST_SENT = 256;

    private final SecureRandom random;
    private final long renewedAfter;
    private DTLSVerifier current;
    private DTLSVerifier previous;
    private long renewAt;

    /** @param renewedAfter how long a secret makes cookies, and how long they are still taken afterwards, in nanoseconds */
    public HelloVerifier(SecureRandom random, long renewedAfter, long now) {
        this.random = random;
        this.renewedAfter = renewedAfter;
        this.current = new DTLSVerifier(new JdkCrypto(random));
        this.previous = current;
        this.renewAt = now + renewedAfter;
    }

    /** Whether it may be a client's beginning: a whole plain record of a handshake's first message. Borrows it. */
    public static boolean isHello(ByteBuf datagram) {
        int at = datagram.readerIndex();
        return datagram.readableBytes() >= LEAST && datagram.readableBytes() <= Handshake.MAX_HANDSHAKE_DATAGRAM
                && Records.areWhole(datagram) && Records.epoch(datagram, at) == 0
                && Records.opensHandshake(Records.copy(datagram, at));
    }

    /**
     * Hears a client's beginning.
     *
     * @param datagram one that {@link #isHello}; borrowed
     * @param answer takes the datagram over that is to go back, if one is
     * @return {@code null} unless the client has been sent a cookie at this address and has come back with it
     */
    public VerifiedHello verify(InetSocketAddress client, ByteBuf datagram, Consumer<ByteBuf> answer, long now) {
        if (now >= renewAt) {
            previous = now >= renewAt + renewedAfter ? new DTLSVerifier(new JdkCrypto(random)) : current;
            current = new DTLSVerifier(new JdkCrypto(random));
            renewAt = now + renewedAfter;
        }
        byte[] record = Records.copy(datagram, datagram.readerIndex());
        byte[] address = client.getAddress().getAddress();
        byte[] id = ByteBuffer.allocate(address.length + Short.BYTES).put(address).putShort((short) client.getPort()).array();
        DTLSRequest request = previous.verifyRequest(id, record, 0, record.length, new Answer(sent -> sent.release()));
        if (request == null) {
            request = current.verifyRequest(id, record, 0, record.length, new Answer(answer));
        }
        return request == null ? null
                : new VerifiedHello(request, ByteBuffer.wrap(record).getLong(RANDOM_AT + Long.BYTES), Records.sequence(record));
    }

    private record Answer(Consumer<ByteBuf> sink) implements DatagramSender {
        @Override
        public int getSendLimit() {
            return MOST_SENT;
        }

        @Override
        public void send(byte[] bytes, int offset, int length) {
            sink.accept(ByteBufAllocator.DEFAULT.ioBuffer(length).writeBytes(bytes, offset, length));
        }
    }
}
