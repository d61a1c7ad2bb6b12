package io.natconnector.dtls;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;

/**
 * DTLS with one peer, below which any number of paths may come and go: what is handed in may have come by any of them. It behaves
 * as a {@link Machine} does, but for the addresses, which it does not know.
 *
 * <p>When to send a flight again is decided here, by the time that is handed in (RFC 6347, section 4.2.4). A flight of plain
 * records goes out as it was; the client's last one, which is sealed in part, Bouncy Castle must make anew: it does so when it
 * hears the server's last flight once more, so that is repeated to it.
 *
 * <p>The handshake's steps are done by the time that a call returns, or beside it ({@link Handshakes}): then {@code wake} is run
 * on the handshake's thread after each step, upon which the owner calls {@link #proceed} on its own.
 */
public final class DtlsAssociation {
    /** RFC 6347, section 4.2.4.1 asks for 1 s; RFC 9147, section 5.8.2 allows less where, as after ICE, little is at stake. */
    static final long FIRST_RESEND = MILLISECONDS.toNanos(100);
    static final long LONGEST_RESEND = MILLISECONDS.toNanos(1_600);
    static final long GIVE_UP = SECONDS.toNanos(15);
    /** RFC 5246, section 6.2.1: a record carries 2^14 bytes at most. */
    public static final int MAX_PAYLOAD = 1 << 14;
    /** Header, nonce and tag of the suites in use. */
    private static final int OVERHEAD = Records.HEADER_LENGTH + 8 + 16;
    private static final int MAX_EARLY = 16;
    /** A refusal is said so often, as nobody will ask for it again. */
    private static final int FAREWELLS = 3;
    private static final Set<Short> ABOUT_OUR_CERTIFICATE = Set.of(AlertDescription.bad_certificate,
            AlertDescription.unsupported_certificate, AlertDescription.certificate_unknown, AlertDescription.unknown_ca);

    private enum State { NEW, HANDSHAKING, ESTABLISHED, OVER }

    private final DtlsRole role;
    private final Credentials credentials;
    private final Handshake handshake;
    private final Plainly plain = new Plainly();
    private final Queue<ByteBuf> transmits = new ArrayDeque<>();
    private final Queue<DtlsEvent> events = new ArrayDeque<>();
    private final Queue<byte[]> early = new ArrayDeque<>();
    private State state = State.NEW;
    private DTLSTransport transport;
    private List<byte[]> flight = List.of();                  // the last one that went out
    private long resendAt = Machine.NEVER;
    private long resendAfter = FIRST_RESEND;
    private long giveUpAt = Machine.NEVER;
    private boolean hasPath;
    private boolean accepted;
    private long malformed;
    private long refused;
    private long overlong;
    private long resent;

    /**
     * @param expected what the peer's certificate must match
     * @param wake run on a handshake's thread when there is something to {@link #proceed} with; never if steps are waited for
     */
    public DtlsAssociation(DtlsIdentity identity, DtlsRole role, DtlsFingerprint expected, SecureRandom random,
            Handshakes handshakes, Runnable wake) {
        this.role = role;
        this.credentials = new Credentials(new JdkCrypto(random), identity, expected);
        this.handshake = new Handshake(handshakes, role == DtlsRole.CLIENT
                ? wire -> new DTLSClientProtocol().connect(new PinnedClient(credentials), wire)
                : wire -> new DTLSServerProtocol().accept(new PinnedServer(credentials), wire), wake);
    }

    /** Whether a datagram is one for an association (RFC 7983, section 7). */
    public static boolean isDtls(ByteBuf datagram) {
        return Records.isDtls(datagram);
    }

    public boolean isEstablished() {
        return state == State.ESTABLISHED;
    }

    /** Begins: a client speaks, a server waits to be spoken to. Now that there is a path, it is given up if nothing comes of it. */
    public void start(long now) {
        startEarly(now);
        if (state != State.HANDSHAKING || hasPath) {
            return;
        }
        hasPath = true;
        if (role == DtlsRole.CLIENT) {
            giveUpAt = Math.min(giveUpAt, now + GIVE_UP);      // a server has nothing to give up until it is spoken to
        }
        if (!flight.isEmpty() && transmits.isEmpty()) {        // it had no path to go by; if it rode there, this is a replay
            transmits.addAll(Records.pack(flight, Handshake.MTU));
            resendAfter = FIRST_RESEND;
            resendAt = now + resendAfter;
        }
    }

    /** Begins before there is a path: by {@link #flight} other means may carry it. */
    public void startEarly(long now) {
        if (state == State.NEW) {
            state = State.HANDSHAKING;
            handshake.start();
            proceed(now);
        }
    }

    /** What was said last in the handshake, one datagram each; empty once it is over. */
    public List<byte[]> flight() {
        return Records.packed(flight, Handshake.MTU);
    }

    /** Takes in a datagram; borrows it. What is not the peer's is counted and dropped. */
    public void receive(ByteBuf datagram, long now) {
        if (state == State.NEW || state == State.OVER) {
            return;
        }
        List<byte[]> records = Records.split(datagram);
        if (records == null || datagram.readableBytes() > Records.HEADER_LENGTH + OVERHEAD + MAX_PAYLOAD) {
            malformed++;
        } else if (state == State.ESTABLISHED) {
            open(records);
        } else {
            hear(records, now);
        }
    }

    private void hear(List<byte[]> records, long now) {
        List<byte[]> admitted = new ArrayList<>(records.size() + 1);
        for (byte[] record : records) {
            int type = Records.type(record);
            boolean sealed = Records.epoch(record) != 0;
            if (type == Records.APPLICATION_DATA && sealed) {
                keepForLater(record);
            } else if (type == Records.HANDSHAKE && sealed) {
                // The change of ciphers goes without saying: so it can't overtake the rest, and it is not lost
                admitted.add(plain.ours(Records.changeCipherSpec()));
                admitted.add(record);
            } else if (type == Records.ALERT || type == Records.HANDSHAKE) {
                admitPlain(record, admitted);
            }
        }
        byte[] datagram = Records.join(admitted);
        if (datagram.length > Handshake.MAX_HANDSHAKE_DATAGRAM) {
            malformed++;
        } else if (datagram.length > 0) {
            giveUpAt = Math.min(giveUpAt, now + GIVE_UP);
            handshake.put(datagram);
            proceed(now);
        }
    }

    private void admitPlain(byte[] record, List<byte[]> admitted) {
        if (Records.epoch(record) != 0) {
            admitted.add(record);
        } else if (plain.admit(record)) {
            if (role == DtlsRole.CLIENT && Records.type(record) == Records.HANDSHAKE) {
                plain.remember(record);
            }
            admitted.add(record);
        } else {
            refused++;
        }
    }

    /** The peer is done sooner than we are, or its last flight got lost: what it sends meanwhile is as good as any. */
    private void keepForLater(byte[] record) {
        if (early.size() < MAX_EARLY) {
            early.add(record);
        }
    }

    /** Goes on with what the handshake's thread has done. */
    public void proceed(long now) {
        if (state != State.HANDSHAKING) {
            return;
        }
        boolean over = handshake.isOver();
        for (List<byte[]> next; (next = handshake.pollFlight()) != null; ) {
            resendAfter = isRepetition(next) ? resendAfter : FIRST_RESEND;
            resendAt = now + resendAfter;
            flight = plain.outgoing(next);
            transmits.addAll(Records.pack(flight, Handshake.MTU));
        }
        if (over && handshake.transport() != null && credentials.peer() != null) {
            establish();
        } else if (over) {
            failed();
        }
    }

    /** Whether it begins with the same message as the flight before. */
    private boolean isRepetition(List<byte[]> next) {
        return !flight.isEmpty() && Records.isSameMessage(flight.get(0), next.get(0));
    }

    private void establish() {
        transport = handshake.transport();
        state = State.ESTABLISHED;
        resendAt = Machine.NEVER;
        giveUpAt = Machine.NEVER;
        flight = List.of();
        plain.forget();
        events.add(new DtlsEvent.Established(credentials.certificate()));
        for (byte[] record; (record = early.poll()) != null && state == State.ESTABLISHED; ) {
            open(List.of(record));
        }
    }

    private void failed() {
        Exception cause = handshake.failure();
        if (credentials.refused() != null) {
            for (int i = 1; i < FAREWELLS; i++) {
                transmits.addAll(Records.pack(plain.outgoing(flight), Handshake.MTU));
            }
            end(DtlsFailure.FINGERPRINT_REFUSED_HERE, credentials.refused());
        } else if (cause instanceof TlsFatalAlertReceived alert) {
            end(ABOUT_OUR_CERTIFICATE.contains(alert.getAlertDescription()) ? DtlsFailure.FINGERPRINT_REFUSED_BY_PEER
                    : DtlsFailure.ALERT, "the peer says " + AlertDescription.getText(alert.getAlertDescription()));
        } else {
            end(DtlsFailure.ALERT, cause instanceof TlsFatalAlert alert
                    ? "we say " + AlertDescription.getText(alert.getAlertDescription()) : String.valueOf(cause));
        }
    }

    private void end(DtlsFailure reason, String detail) {
        state = State.OVER;
        resendAt = Machine.NEVER;
        giveUpAt = Machine.NEVER;
        early.clear();
        events.add(new DtlsEvent.Failed(reason, detail));
    }

    /** Hands sealed records to Bouncy Castle, which knows replayed and forged ones. */
    private void open(List<byte[]> records) {
        for (byte[] record : records) {
            boolean sealed = Records.epoch(record) != 0;
            if (Records.type(record) == Records.CHANGE_CIPHER_SPEC || !sealed && !plain.admit(record)) {
                continue;
            }
            open(record);
            if (state != State.ESTABLISHED) {
                return;
            }
        }
    }

    private void open(byte[] record) {
        accepted = false;
        byte[] opened = new byte[record.length];
        handshake.put(record);
        try {
            int length = transport.receive(opened, 0, opened.length, 1, flags -> accepted = true);
            if (length >= 0) {
                events.add(new DtlsEvent.Data(Unpooled.wrappedBuffer(opened, 0, length)));
            }
        } catch (InterruptedIOException e) {
            // Nothing for the application in it
        } catch (IOException e) {
            end(DtlsFailure.ALERT, String.valueOf(e));
        }
        if (!accepted) {
            refused++;
        }
        sendWritten();
        if (credentials.isClosedByPeer() && state == State.ESTABLISHED) {
            end(DtlsFailure.CLOSED_BY_PEER, "");
        }
    }

    private void sendWritten() {
        List<byte[]> written = handshake.takeWritten();
        if (!written.isEmpty()) {
            transmits.addAll(Records.pack(plain.outgoing(written), Handshake.MTU));
        }
    }

    /**
     * The sealed form of a datagram, to send by whatever path; takes it over. {@code null} when that is not possible: it is too
     * long, or not established.
     */
    public ByteBuf seal(ByteBuf payload) {
        int length = payload.readableBytes();
        byte[] plaintext = new byte[Math.max(length, 1)];         // an offset into an empty one is refused
        payload.readBytes(plaintext, 0, length);
        payload.release();
        if (state != State.ESTABLISHED || length > MAX_PAYLOAD) {
            overlong += length > MAX_PAYLOAD ? 1 : 0;
            return null;
        }
        ByteBuf sealed = ByteBufAllocator.DEFAULT.ioBuffer(Records.HEADROOM + OVERHEAD + length);
        sealed.setIndex(Records.HEADROOM, Records.HEADROOM);
        try {
            handshake.sendInto(sealed);
            transport.send(plaintext, 0, length);
            return sealed;
        } catch (IOException e) {
            sealed.release();
            end(DtlsFailure.ALERT, String.valueOf(e));
            return null;
        } finally {
            handshake.sendInto(null);
        }
    }

    public void handleTimeout(long now) {
        if (now >= giveUpAt) {
            handshake.cancel();
            end(DtlsFailure.TIMEOUT, flight.isEmpty() ? "the peer did not begin" : "the peer did not answer");
        } else if (now >= resendAt) {
            resend(now);
        }
    }

    private void resend(long now) {
        resent++;
        resendAfter = Math.min(2 * resendAfter, LONGEST_RESEND);
        resendAt = now + resendAfter;
        if (isSealed(flight)) {
            repeatToBouncyCastle(now);
        } else {
            transmits.addAll(Records.pack(plain.outgoing(flight), Handshake.MTU));
        }
    }

    private void repeatToBouncyCastle(long now) {
        List<byte[]> datagram = new ArrayList<>();
        int length = 0;
        for (byte[] record : plain.repeat()) {
            if (length + record.length > Handshake.MAX_HANDSHAKE_DATAGRAM) {
                handshake.put(Records.join(datagram));
                datagram.clear();
                length = 0;
            }
            datagram.add(record);
            length += record.length;
        }
        handshake.put(Records.join(datagram));
        proceed(now);
    }

    private static boolean isSealed(List<byte[]> records) {
        return records.stream().anyMatch(record -> Records.epoch(record) != 0);
    }

    public long nextTimeout() {
        return Math.min(resendAt, giveUpAt);
    }

    /** The next datagram to send, which is the caller's; or {@code null}. */
    public ByteBuf pollTransmit() {
        return transmits.poll();
    }

    public DtlsEvent pollEvent() {
        return events.poll();
    }

    public DtlsCounters counters() {
        return new DtlsCounters(malformed, refused, overlong, resent);
    }

    /** Ends it from this side: the peer gets to know, if the datagram gets there. Nothing is left afterwards but what to send. */
    public void close() {
        if (state == State.ESTABLISHED) {
            try {
                transport.close();
            } catch (IOException e) {
                // It is over in any case
            }
            sendWritten();
        } else if (state == State.HANDSHAKING) {
            handshake.cancel();
        }
        state = State.OVER;
        resendAt = Machine.NEVER;
        giveUpAt = Machine.NEVER;
        early.clear();
        for (DtlsEvent event; (event = events.poll()) != null; ) {
            if (event instanceof DtlsEvent.Data data) {
                data.payload().release();
            }
        }
    }
}
