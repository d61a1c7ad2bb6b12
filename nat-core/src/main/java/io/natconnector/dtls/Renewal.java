package io.natconnector.dtls;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * Exchanges keys before the present ones have been used too much or too long: by a whole handshake, whose datagrams go in sealed
 * records of type handshake. Nothing is lost meanwhile: each side opens records of either keys, and seals with the new ones as soon
 * as the other is known to have them.
 *
 * <p>Only between two of ours; the same words mean something else to others, or nothing. A client begins by itself; a server asks
 * for it (HelloRequest; RFC 5246, section 7.4.1.1). A client that is done says so by an empty record under the new keys.
 */
final class Renewal {
    static final long PAUSE_AFTER_FAILURE = SECONDS.toNanos(30);
    private static final long ASK_AGAIN = MILLISECONDS.toNanos(500);
    private static final long CONFIRM_AGAIN = MILLISECONDS.toNanos(100);
    private static final int LAST_EPOCH = 0xFFFF;
    private static final byte[] HELLO_REQUEST = new byte[12];

    private final DtlsRole role;
    private final KeyLifetime lifetime;
    private final Supplier<Negotiation> negotiations;
    private final KeyRing keys;
    private final Queue<ByteBuf> transmits;
    private final Counts counts;
    private Negotiation negotiation;
    private FinalFlight finalFlight;
    private DtlsEvent.Failed refusal;
    private long notBefore = Long.MIN_VALUE;                   // all that we begin ourselves
    private long confirmAt = Long.MIN_VALUE;

    /** @param negotiations makes handshakes of the same two, whose datagrams fit into a record in a datagram */
    Renewal(DtlsRole role, KeyLifetime lifetime, Supplier<Negotiation> negotiations, KeyRing keys, Queue<ByteBuf> transmits,
            Counts counts) {
        this.role = role;
        this.lifetime = lifetime;
        this.negotiations = negotiations;
        this.keys = keys;
        this.transmits = transmits;
        this.counts = counts;
    }

    void handleTimeout(long now) {
        if (negotiation != null && now >= negotiation.nextTimeout()) {
            negotiation.handleTimeout(now);
            settle(now);
        } else if (negotiation == null && now >= dueAt()) {
            if (role == DtlsRole.CLIENT) {
                begin(now);
            } else {
                notBefore = now + ASK_AGAIN;
                say(Unpooled.wrappedBuffer(HELLO_REQUEST));
            }
        }
    }

    /** Whether it waits for nothing but for the keys to get old. */
    boolean isCalm() {
        return negotiation == null && !isUsed(keys.current());
    }

    private boolean isUsed(Epoch epoch) {
        return epoch.used() >= lifetime.records() || epoch.forged() >= lifetime.forgeries();
    }

    private long dueAt() {
        Epoch epoch = keys.current();
        long at = isUsed(epoch) ? 0 : epoch.bornAt() + lifetime.age();
        return keys.isSwitching() || epoch.number() == LAST_EPOCH ? Machine.NEVER : Math.max(at, notBefore);
    }

    long nextTimeout() {
        return negotiation != null ? negotiation.nextTimeout() : dueAt();
    }

    private void begin(long now) {
        negotiation = negotiations.get();
        negotiation.begin(now);
        negotiation.foundPath(now);
        settle(now);
    }

    /** What came in a record of type handshake; borrowed. */
    void hear(ByteBuf content, Epoch epoch, long now) {
        if (!content.isReadable() || !Records.areWhole(content)) {
            boolean asked = isHelloRequest(content) && role == DtlsRole.CLIENT && negotiation == null;
            if (asked && epoch == keys.current() && now >= Math.max(notBefore, epoch.bornAt() + ASK_AGAIN)) {
                begin(now);
            }
            return;
        }
        byte[] first = Records.copy(content, content.readerIndex());
        boolean opens = role == DtlsRole.SERVER && Records.opensHandshake(first);
        if (negotiation == null && opens && epoch == keys.current() && now >= epoch.bornAt() + ASK_AGAIN) {
            negotiation = negotiations.get();
            negotiation.begin(now);
            negotiation.foundPath(now);
        }
        if (negotiation != null) {
            negotiation.hear(Records.split(content), now);
            settle(now);
        } else if (finalFlight != null) {
            for (byte[] record : Records.split(content)) {
                finalFlight.answer(record, now).forEach(this::say);
            }
        }
    }

    private static boolean isHelloRequest(ByteBuf content) {
        return content.equals(Unpooled.wrappedBuffer(HELLO_REQUEST));
    }

    /** These keys have opened a record. */
    void heard(Epoch epoch, long now) {
        if (epoch != keys.current() && role == DtlsRole.CLIENT && now >= confirmAt) {
            confirm(now);                                     // the peer uses the old ones: it may not know that we have newer
        } else if (!keys.isSwitching()) {
            finalFlight = null;
        }
    }

    private void confirm(long now) {
        confirmAt = now + CONFIRM_AGAIN;
        say(Unpooled.EMPTY_BUFFER);
    }

    void proceed(long now) {
        if (negotiation != null) {
            negotiation.proceed(now);
            settle(now);
        }
    }

    private void settle(long now) {
        for (ByteBuf datagram; (datagram = negotiation.pollTransmit()) != null; ) {
            say(datagram);
        }
        if (negotiation.failure() != null) {
            failed(negotiation.failure(), now);
        } else if (negotiation.isAgreed()) {
            agreed(now);
        }
    }

    private void agreed(long now) {
        counts.renewed++;
        Epoch newer = new Epoch(keys.nextNumber(), negotiation.cipher(), now);
        finalFlight = negotiation.finalFlight();
        negotiation = null;
        if (role == DtlsRole.CLIENT) {
            keys.adopt(newer, now);
            confirm(now);
        } else {
            keys.await(newer);
        }
    }

    private void failed(DtlsEvent.Failed failure, long now) {
        negotiation = null;
        notBefore = now + PAUSE_AFTER_FAILURE;
        if (failure.reason() == DtlsFailure.FINGERPRINT_REFUSED_HERE) {
            refusal = failure;
        }
    }

    /** The peer has shown another certificate than before; else {@code null}. */
    DtlsEvent.Failed refusal() {
        return refusal;
    }

    /** Takes the content over. */
    private void say(ByteBuf content) {
        transmits.add(keys.current().seal(Records.HANDSHAKE, content));
        content.release();
    }

    void cancel() {
        if (negotiation != null) {
            negotiation.cancel();
        }
    }
}
