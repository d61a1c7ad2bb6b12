package io.natconnector.dtls;

import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;

/**
 * DTLS with one peer, below which any number of paths may come and go: what is handed in may have come by any of them. It behaves
 * as a {@link Machine} does, but for the addresses, which it does not know.
 *
 * <p>The handshake's steps are done by the time that a call returns, or beside it ({@link Handshakes}): then {@code wake} is run
 * on the handshake's thread after each step, upon which the owner calls {@link #proceed} on its own.
 *
 * <p>Once established it makes no garbage of its own.
 */
public final class DtlsAssociation {
    /** RFC 5246, section 6.2.1: a record carries 2^14 bytes at most. */
    public static final int MAX_PAYLOAD = 1 << 14;
    /** Fits into UDP over IPv6 with a relay's frame around it on every usual path. */
    static final int MTU = 1200;
    /** Header, nonce and tag of the suites in use. */
    static final int OVERHEAD = Records.HEADER_LENGTH + 8 + 16;
    private static final int MAX_EARLY = 256;
    private static final int MAX_EARLY_BYTES = 256 << 10;
    /** The owner takes them at once, but for the time between the last words of the handshake and the first path. */
    private static final int MAX_UNREAD = 256;
    private static final byte[] CLOSE_NOTIFY = {AlertLevel.warning, AlertDescription.close_notify};
    private static final byte[] NO_RENEGOTIATION = {AlertLevel.warning, AlertDescription.no_renegotiation};

    private enum State { NEW, HANDSHAKING, ESTABLISHED, OVER }

    private final Negotiation.Terms terms;
    private final KeyLifetime lifetime;
    private final Counts counts = new Counts();
    private final Queue<ByteBuf> transmits = new ArrayDeque<>();
    private final Queue<DtlsEvent> events = new ArrayDeque<>();
    private final Queue<ByteBuf> opened = new ArrayDeque<>();
    private final Queue<byte[]> early = new ArrayDeque<>();
    private int earlyBytes;
    private State state = State.NEW;
    private Negotiation negotiation;                          // the first one, until it is over
    private FinalFlight finalFlight;
    private KeyRing keys;                                     // from here on: once it is established
    private Renewal renewal;

    /**
     * @param expected what the peer's certificate must match
     * @param lifetime of a key; {@link KeyLifetime#ENDLESS} if the peer is not one of ours
     * @param wake run on a handshake's thread when there is something to {@link #proceed} with; never if steps are waited for
     */
    public DtlsAssociation(DtlsIdentity identity, DtlsRole role, DtlsFingerprint expected, KeyLifetime lifetime,
            SecureRandom random, Handshakes handshakes, Runnable wake) {
        this(new Negotiation.Terms(identity, role, expected, Suite.PREFERRED, random, handshakes, wake), lifetime);
    }

    /**
     * That of a server with a client that has begun and need not say who it is. {@link #start} answers it.
     *
     * @param key an RSA or EC key
     * @param chain the server's own certificate first, then those that vouch for it
     * @param wake as for the others
     */
    public static DtlsAssociation server(VerifiedHello hello, PrivateKey key, List<X509Certificate> chain, SecureRandom random,
            Handshakes handshakes, Runnable wake) {
        return new DtlsAssociation(new Negotiation.Terms(DtlsRole.SERVER, () -> new CertifiedServer(random, hello, key, chain),
                handshakes, wake), KeyLifetime.ENDLESS);
    }

    DtlsAssociation(Negotiation.Terms terms, KeyLifetime lifetime) {
        this.terms = terms;
        this.lifetime = lifetime;
        this.negotiation = new Negotiation(terms, MTU, counts);
    }

    /** Whether a datagram is one for an association (RFC 7983, section 7). */
    public static boolean isDtls(ByteBuf datagram) {
        return Records.isDtls(datagram);
    }

    public boolean isEstablished() {
        return state == State.ESTABLISHED;
    }

    /** How records are sealed, for people; empty before it is established. */
    public String cipher() {
        return keys == null ? "" : keys.current().suite().toString();
    }

    /** Begins: a client speaks, a server waits to be spoken to. Now that there is a path, it is given up if nothing comes of it. */
    public void start(long now) {
        if (state == State.NEW) {
            state = State.HANDSHAKING;
            negotiation.begin(now);
        }
        if (state == State.HANDSHAKING) {
            negotiation.foundPath(now);
            settle(now);
        }
    }

    /** Begins before there is a path: by {@link #flight} other means may carry it. */
    public void startEarly(long now) {
        if (state == State.NEW) {
            state = State.HANDSHAKING;
            negotiation.begin(now);
            settle(now);
        }
    }

    /** What was said last in the handshake, one datagram each; empty once it is over. */
    public List<byte[]> flight() {
        return state == State.HANDSHAKING ? negotiation.flight() : List.of();
    }

    /** Takes in a datagram; borrows it. What is not the peer's is counted and dropped. */
    public void receive(ByteBuf datagram, long now) {
        if (state == State.NEW || state == State.OVER) {
            return;
        }
        if (!Records.areWhole(datagram) || datagram.readableBytes() > Records.HEADER_LENGTH + OVERHEAD + MAX_PAYLOAD) {
            counts.malformed++;
        } else if (state == State.ESTABLISHED) {
            openAll(datagram, now);
        } else {
            hear(datagram, now);
        }
    }

    private void hear(ByteBuf datagram, long now) {
        List<byte[]> records = new ArrayList<>();
        for (byte[] record : Records.split(datagram)) {
            if (Records.type(record) != Records.APPLICATION_DATA || Records.epoch(record) == 0) {
                records.add(record);
            } else if (early.size() < MAX_EARLY && earlyBytes + record.length <= MAX_EARLY_BYTES) {
                earlyBytes += record.length;
                early.add(record);                            // the peer is done sooner than we are, or its last flight got lost
            }
        }
        if (!records.isEmpty()) {
            negotiation.hear(records, now);
            settle(now);
        }
    }

    /** Goes on with what the handshake's thread has done. */
    public void proceed(long now) {
        if (state == State.HANDSHAKING) {
            negotiation.proceed(now);
            settle(now);
        } else if (state == State.ESTABLISHED && renewal != null) {
            renewal.proceed(now);
            settleRenewal();
        }
    }

    private void settle(long now) {
        for (ByteBuf datagram; (datagram = negotiation.pollTransmit()) != null; ) {
            transmits.add(datagram);
        }
        if (negotiation.failure() != null) {
            end(negotiation.failure().reason(), negotiation.failure().detail());
        } else if (negotiation.isAgreed()) {
            establish(now);
        }
    }

    private void establish(long now) {
        state = State.ESTABLISHED;
        keys = new KeyRing(new Epoch(negotiation.cipher(), now));
        finalFlight = negotiation.finalFlight();
        if (!lifetime.isEndless()) {
            renewal = new Renewal(terms.role(), lifetime, () -> new Negotiation(terms, MTU - OVERHEAD, counts), keys, transmits,
                    counts);
        }
        events.add(new DtlsEvent.Established(negotiation.peer()));
        negotiation = null;
        for (byte[] record; (record = early.poll()) != null && state == State.ESTABLISHED; ) {
            openAll(Unpooled.wrappedBuffer(record), now);
        }
    }

    private void end(DtlsFailure reason, String detail) {
        state = State.OVER;
        early.clear();
        if (renewal != null) {
            renewal.cancel();
        }
        events.add(new DtlsEvent.Failed(reason, detail));
    }

    private void openAll(ByteBuf datagram, long now) {
        int at = datagram.readerIndex();
        while (at < datagram.writerIndex() && state == State.ESTABLISHED) {
            int next = at + Records.HEADER_LENGTH + Records.contentLength(datagram, at);
            open(datagram, at, now);
            at = next;
        }
    }

    private void open(ByteBuf datagram, int at, long now) {
        if (Records.epoch(datagram, at) == 0) {
            openPlain(datagram, at, now);
            return;
        }
        Epoch epoch = keys.named(datagram, at);
        ByteBuf content = epoch == null ? null : epoch.open(datagram, at);
        if (content == null) {
            counts.refused++;
            return;
        }
        keys.heard(epoch, now);
        if (renewal != null) {
            renewal.heard(epoch, now);
        }
        int type = Records.type(datagram, at);
        if (type == Records.APPLICATION_DATA && opened.size() < MAX_UNREAD) {
            finalFlight = null;
            opened.add(content);
            return;
        }
        if (type == Records.APPLICATION_DATA) {
            counts.refused++;
        } else if (type == Records.HANDSHAKE) {
            opened(content, epoch, now);
        } else if (type == Records.ALERT) {
            alerted(content);
        }
        content.release();                                    // a change of ciphers goes without saying
    }

    /** Nobody has authenticated it: all it can do is to have our last flight repeated. */
    private void openPlain(ByteBuf datagram, int at, long now) {
        List<ByteBuf> answer = finalFlight == null ? List.of() : finalFlight.answer(Records.copy(datagram, at), now);
        if (answer.isEmpty()) {
            counts.refused++;
        } else {
            counts.resent++;
            transmits.addAll(answer);
        }
    }

    private void opened(ByteBuf handshake, Epoch epoch, long now) {
        if (renewal != null) {
            renewal.hear(handshake, epoch, now);
            settleRenewal();
        } else if (Records.beginsHandshake(handshake)) {
            transmits.add(keys.current().seal(Records.ALERT, Unpooled.wrappedBuffer(NO_RENEGOTIATION)));
        }
    }

    private void settleRenewal() {
        if (renewal.refusal() != null && state == State.ESTABLISHED) {
            end(renewal.refusal().reason(), renewal.refusal().detail());
        }
    }

    private void alerted(ByteBuf alert) {
        boolean whole = alert.readableBytes() == 2;
        short description = whole ? alert.getUnsignedByte(1) : AlertDescription.decode_error;
        if (description == AlertDescription.close_notify) {
            end(DtlsFailure.CLOSED_BY_PEER, "");
        } else if (!whole || alert.getUnsignedByte(0) == AlertLevel.fatal) {
            end(DtlsFailure.ALERT, "the peer says " + AlertDescription.getText(description));
        }
    }

    /**
     * The sealed form of a datagram, to send by whatever path; takes it over. {@code null} when that is not possible: it is too
     * long, or not established. Afterwards {@link #nextTimeout} may be another.
     */
    public ByteBuf seal(ByteBuf payload) {
        ByteBuf sealed = null;
        if (sealedLength(payload.readableBytes()) > 0) {
            sealed = keys.current().seal(Records.APPLICATION_DATA, payload);
        } else if (payload.readableBytes() > MAX_PAYLOAD) {
            counts.overlong++;
        } else if (state == State.ESTABLISHED) {
            end(DtlsFailure.USED_UP, "");
        }
        payload.release();
        return sealed;
    }

    /** How long the sealed form of a datagram is at present; 0 if it can't be sealed. */
    public int sealedLength(int payloadLength) {
        return state != State.ESTABLISHED || payloadLength > MAX_PAYLOAD || keys.current().isUsedUp() ? 0
                : keys.current().sealedLength(payloadLength);
    }

    /** Writes the sealed form of a datagram, as long as {@link #sealedLength} says, to where it leaves from; borrows both. */
    public void seal(ByteBuf payload, ByteBuf target) {
        keys.current().seal(Records.APPLICATION_DATA, payload, target);
    }

    /** Whether sealing and opening leave nothing to do but to send and to read that. */
    public boolean isCalm() {
        return state == State.ESTABLISHED && transmits.isEmpty() && events.isEmpty() && (renewal == null || renewal.isCalm());
    }

    public void handleTimeout(long now) {
        if (state == State.HANDSHAKING) {
            negotiation.handleTimeout(now);
            settle(now);
        } else if (state == State.ESTABLISHED) {
            keys.handleTimeout(now);
            if (renewal != null) {
                renewal.handleTimeout(now);
                settleRenewal();
            }
        }
    }

    public long nextTimeout() {
        return switch (state) {
            case NEW, OVER -> Machine.NEVER;
            case HANDSHAKING -> negotiation.nextTimeout();
            case ESTABLISHED -> renewal == null ? Machine.NEVER : Math.min(keys.nextTimeout(), renewal.nextTimeout());
        };
    }

    /** The next datagram to send, which is the caller's; or {@code null}. */
    public ByteBuf pollTransmit() {
        return transmits.poll();
    }

    /** {@link DtlsEvent.Established} comes before all data, {@link DtlsEvent.Failed} after it. */
    public DtlsEvent pollEvent() {
        return events.poll();
    }

    /** The next datagram that the peer has sealed, which is the caller's; or {@code null}. */
    public ByteBuf pollData() {
        return opened.poll();
    }

    public DtlsCounters counters() {
        return counts.now();
    }

    /** Ends it from this side: the peer gets to know, if the datagram gets there. Nothing is left afterwards but what to send. */
    public void close() {
        if (state == State.ESTABLISHED) {
            if (renewal != null) {
                renewal.cancel();
            }
            transmits.add(keys.current().seal(Records.ALERT, Unpooled.wrappedBuffer(CLOSE_NOTIFY)));
        } else if (state == State.HANDSHAKING) {
            negotiation.cancel();
        }
        state = State.OVER;
        early.clear();
        events.clear();
        for (ByteBuf payload; (payload = opened.poll()) != null; ) {
            payload.release();
        }
    }
}
