package io.natconnector.dtls;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;

/**
 * One handshake, from its first flight to the keys.
 *
 * <p>When to send a flight again is decided here, by the time that is handed in (RFC 6347, section 4.2.4). A flight of plain
 * records goes out as it was; the client's last one, which is sealed in part, Bouncy Castle must make anew: it does so when it
 * hears the server's last flight once more, so that is repeated to it.
 */
final class Negotiation {
    /**
     * RFC 6347, section 4.2.4.1 asks for 1 s, doubled each time; RFC 9147, section 5.8.2 allows less where, as after ICE, little is
     * at stake. Half as long again each time: doubled, one handshake in a hundred would take three seconds where a tenth gets lost.
     */
    static final long FIRST_RESEND = MILLISECONDS.toNanos(100);
    static final long LONGEST_RESEND = MILLISECONDS.toNanos(1_600);
    static final long GIVE_UP = SECONDS.toNanos(15);
    /** A refusal is said so often, as nobody will ask for it again. */
    private static final int FAREWELLS = 3;
    private static final Set<Short> ABOUT_OUR_CERTIFICATE = Set.of(AlertDescription.bad_certificate,
            AlertDescription.unsupported_certificate, AlertDescription.certificate_unknown, AlertDescription.unknown_ca);

    /** What does not change from one handshake of an association to the next. */
    record Terms(DtlsRole role, Supplier<Party> parties, Handshakes handshakes, Runnable wake) {
        /** Between two that know each other's fingerprints. */
        Terms(DtlsIdentity identity, DtlsRole role, DtlsFingerprint expected, List<Suite> suites, SecureRandom random,
                Handshakes handshakes, Runnable wake) {
            this(role, () -> new Credentials(role, new JdkCrypto(random), suites, identity, expected), handshakes, wake);
        }
    }

    private final DtlsRole role;
    private final Party party;
    private final Handshake handshake;
    private final Counts counts;
    private final int mtu;
    private final Plainly plain = new Plainly();
    private final Queue<ByteBuf> transmits = new ArrayDeque<>();
    private List<byte[]> flight = List.of();                  // the last one that went out
    private boolean begun;
    private boolean running;                                  // Bouncy Castle is at it
    private boolean hasPath;
    private boolean agreed;
    private DtlsEvent.Failed failure;
    private long resendAt = Machine.NEVER;
    private long resendAfter = FIRST_RESEND;
    private long giveUpAt = Machine.NEVER;

    /** @param mtu how long a datagram of ours may be */
    Negotiation(Terms terms, int mtu, Counts counts) {
        this.role = terms.role();
        this.party = terms.parties().get();
        this.handshake = new Handshake(terms.handshakes(), party::talk, mtu, terms.wake());
        this.mtu = mtu;
        this.counts = counts;
    }

    /** A client speaks, a server waits to be spoken to. There may be no path yet: by {@link #flight} other means may carry it. */
    void begin(long now) {
        if (!begun) {
            begun = true;
            if (party.speaksFirst()) {
                plain.heardAlready(party.heardAlready());
                run();
                proceed(now);
            }
        }
    }

    private void run() {
        if (!running) {
            running = true;
            handshake.start();
        }
    }

    /** Now that there is a path, it is given up if nothing comes of it. */
    void foundPath(long now) {
        if (hasPath || isOver()) {
            return;
        }
        hasPath = true;
        if (party.speaksFirst()) {
            giveUpAt = Math.min(giveUpAt, now + GIVE_UP);      // a server has nothing to give up until it is spoken to
        }
        if (!flight.isEmpty() && transmits.isEmpty()) {        // it had no path to go by; if it rode there, this is a replay
            transmits.addAll(Records.pack(flight, mtu));
            resendAfter = FIRST_RESEND;
            resendAt = now + resendAfter;
        }
    }

    /** What was said last, one datagram each. */
    List<byte[]> flight() {
        return isOver() ? List.of() : Records.packed(flight, mtu);
    }

    /** Takes in the records of one datagram, but for those of the application. */
    void hear(List<byte[]> records, long now) {
        List<byte[]> admitted = new ArrayList<>(records.size() + 1);
        for (byte[] record : records) {
            int type = Records.type(record);
            if (type == Records.HANDSHAKE && Records.epoch(record) != 0) {
                // The change of ciphers goes without saying: so it can't overtake the rest, and it is not lost
                admitted.add(plain.ours(Records.changeCipherSpec()));
                admitted.add(record);
            } else if (type == Records.ALERT || type == Records.HANDSHAKE) {
                admitPlain(record, admitted);
            }
        }
        byte[] datagram = Records.join(admitted);
        if (datagram.length > Handshake.MAX_HANDSHAKE_DATAGRAM) {
            counts.malformed++;
        } else if (datagram.length > 0) {
            giveUpAt = Math.min(giveUpAt, now + GIVE_UP);
            run();
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
            counts.refused++;
        }
    }

    /** Goes on with what the handshake's thread has done. */
    void proceed(long now) {
        if (isOver()) {
            return;
        }
        boolean ended = handshake.isOver();
        for (List<byte[]> next; (next = handshake.pollFlight()) != null; ) {
            resendAfter = isRepetition(next) ? resendAfter : FIRST_RESEND;
            resendAt = now + resendAfter;
            flight = plain.outgoing(next);
            transmits.addAll(Records.pack(flight, mtu));
        }
        if (ended && handshake.isAgreed() && party.isContent() && cipher() != null) {
            agreed = true;
            resendAt = Machine.NEVER;
            giveUpAt = Machine.NEVER;
        } else if (ended) {
            failed();
        }
    }

    /** Whether it begins with the same message as the flight before. */
    private boolean isRepetition(List<byte[]> next) {
        return !flight.isEmpty() && Records.isSameMessage(flight.get(0), next.get(0));
    }

    private void failed() {
        Exception cause = handshake.failure();
        if (party.refused() != null) {
            for (int i = 1; i < FAREWELLS; i++) {
                transmits.addAll(Records.pack(plain.outgoing(flight), mtu));
            }
            end(DtlsFailure.FINGERPRINT_REFUSED_HERE, party.refused());
        } else if (cause instanceof TlsFatalAlertReceived alert) {
            end(ABOUT_OUR_CERTIFICATE.contains(alert.getAlertDescription()) ? DtlsFailure.FINGERPRINT_REFUSED_BY_PEER
                    : DtlsFailure.ALERT, "the peer says " + AlertDescription.getText(alert.getAlertDescription()));
        } else {
            end(DtlsFailure.ALERT, cause instanceof TlsFatalAlert alert
                    ? "we say " + AlertDescription.getText(alert.getAlertDescription()) : String.valueOf(cause));
        }
    }

    private void end(DtlsFailure reason, String detail) {
        failure = new DtlsEvent.Failed(reason, detail);
        resendAt = Machine.NEVER;
        giveUpAt = Machine.NEVER;
    }

    void handleTimeout(long now) {
        if (now >= giveUpAt) {
            handshake.cancel();
            end(DtlsFailure.TIMEOUT, flight.isEmpty() ? "the peer did not begin" : "the peer did not answer");
        } else if (now >= resendAt) {
            resend(now);
        }
    }

    private void resend(long now) {
        counts.resent++;
        resendAfter = Math.min(resendAfter + resendAfter / 2, LONGEST_RESEND);
        resendAt = now + resendAfter;
        if (flight.stream().anyMatch(record -> Records.epoch(record) != 0)) {
            repeatToBouncyCastle(now);
        } else {
            transmits.addAll(Records.pack(plain.outgoing(flight), mtu));
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

    long nextTimeout() {
        return Math.min(resendAt, giveUpAt);
    }

    ByteBuf pollTransmit() {
        return transmits.poll();
    }

    private boolean isOver() {
        return agreed || failure != null;
    }

    /** Whether both sides have proved who they are, and have the same keys. */
    boolean isAgreed() {
        return agreed;
    }

    /** Why nothing came of it, or {@code null}. */
    DtlsEvent.Failed failure() {
        return failure;
    }

    SuiteCipher cipher() {
        return party.cipher();
    }

    X509Certificate peer() {
        return party.peer();
    }

    /** What a server may have to say again; {@code null} for a client. */
    FinalFlight finalFlight() {
        return role == DtlsRole.SERVER ? new FinalFlight(flight, plain, mtu) : null;
    }

    /** Gives up, and lets the thread go. */
    void cancel() {
        if (running && !isOver()) {
            handshake.cancel();
        }
        for (ByteBuf datagram; (datagram = transmits.poll()) != null; ) {
            datagram.release();
        }
        end(DtlsFailure.ALERT, "given up");
    }
}
