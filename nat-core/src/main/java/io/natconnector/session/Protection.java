package io.natconnector.session;

import io.natconnector.dtls.DtlsAssociation;
import io.natconnector.dtls.DtlsEvent;
import io.natconnector.dtls.DtlsFailure;
import io.natconnector.dtls.DtlsRole;
import io.natconnector.dtls.KeyLifetime;
import io.natconnector.ice.IcePath;
import io.natconnector.ice.IceRole;
import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The association of a session, from the first words to the end: it outlives paths and generations of ICE, which are all the same
 * to it.
 */
final class Protection {
    /** RFC 8842, section 5.3: at least 120 bits; written as hex. */
    private static final int ID_BYTES = 16;

    private final PeerSession session;
    private final IceRole fixed;
    private final Encryption encryption;
    private final Ride ride;
    private final Words.Dtls ours;
    private Words.Dtls theirs;
    private DtlsRole role;
    private DtlsAssociation association;
    private X509Certificate peer;
    private String detail = "";

    /** @param fixed our role in ICE, if it is not to be agreed on with the peer; else {@code null} */
    Protection(PeerSession session, Encryption encryption, IceRole fixed, RandomGenerator random) {
        this.session = session;
        this.fixed = fixed;
        this.encryption = encryption;
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        this.ride = encryption.rides() ? new Ride(this) : null;
        this.ours = new Words.Dtls(encryption.identity().fingerprint(), Words.Setup.ACTPASS, HexFormat.of().formatHex(id));
    }

    /**
     * What the peer must know of it. Who speaks first is said once it is decided; before that an offer leaves it to the peer, and
     * an answer SHOULD be active (RFC 8842, sections 5.2 and 5.3). Of two with fixed roles in ICE, the controlled one answers.
     */
    Words.Dtls words() {
        Words.Setup setup = role == DtlsRole.CLIENT || role == null && fixed == IceRole.CONTROLLED ? Words.Setup.ACTIVE
                : role == DtlsRole.SERVER ? Words.Setup.PASSIVE : Words.Setup.ACTPASS;
        return new Words.Dtls(ours.fingerprint(), setup, ours.id());
    }

    /** What the peer says of it, the first time: later words can't change who it is. */
    void hear(Words words, long session, long now) {
        if (theirs != null) {
            return;
        }
        theirs = words.dtls().orElseThrow();
        role = words.note().map(note -> among(session, note.session())).orElseGet(() -> answer(theirs.setup()));
        association = new DtlsAssociation(encryption.identity(), role, theirs.fingerprint(),
                words.note().isPresent() ? encryption.keyLifetime() : KeyLifetime.ENDLESS, encryption.random(),
                encryption.handshakes(), () -> encryption.wake().accept(this.session));
        if (ride != null) {
            association.startEarly(now);
        }
    }

    /** Two of ours may both begin to speak, so neither is the one that answers: their sessions' numbers decide. */
    private static DtlsRole among(long ours, long theirs) {
        return Long.compareUnsigned(ours, theirs) > 0 ? DtlsRole.CLIENT : DtlsRole.SERVER;
    }

    /** Who answers goes by what the other one wants. Where both leave it to the other, the one that controls ICE made the offer. */
    private DtlsRole answer(Words.Setup setup) {
        return switch (setup) {
            case ACTIVE -> DtlsRole.SERVER;
            case PASSIVE -> DtlsRole.CLIENT;
            case ACTPASS -> fixed == IceRole.CONTROLLING ? DtlsRole.SERVER : DtlsRole.CLIENT;
        };
    }

    Ride ride() {
        return ride;
    }

    /** What was said last in the handshake, one datagram each. */
    List<byte[]> flight() {
        return association == null ? List.of() : association.flight();
    }

    /** A datagram came with a check. False: it can't be taken in yet. */
    boolean rode(byte[] datagram, long now) {
        ByteBuf buffer = Unpooled.wrappedBuffer(datagram);
        if (association == null || !DtlsAssociation.isDtls(buffer)) {
            return false;
        }
        association.receive(buffer, now);
        return true;
    }

    boolean isEstablished() {
        return association != null && association.isEstablished();
    }

    /** How it is sealed, for people; empty before that. */
    String cipher() {
        return association == null ? "" : association.cipher();
    }

    /** Who the peer has proved to be, or {@code null} before that. */
    X509Certificate peer() {
        return peer;
    }

    /** More about why it failed, for people. */
    String detail() {
        return detail;
    }

    /** A path is there, so the handshake begins; more paths later don't matter. */
    void start(long now) {
        if (association != null) {
            association.start(now);
        }
    }

    /** Borrows the datagram. */
    void incoming(ByteBuf datagram, long now) {
        if (association != null && DtlsAssociation.isDtls(datagram)) {
            association.start(now);
            association.receive(datagram, now);
        }
    }

    /** Takes the payload over; {@code null} if it can't be sent. */
    ByteBuf seal(ByteBuf payload) {
        if (association == null) {
            payload.release();
            return null;
        }
        return association.seal(payload);
    }

    /** Writes it straight to where it leaves from; borrows it. False: that is not possible. */
    boolean write(ByteBuf payload, IcePath path, Outlet outlet) {
        int length = association == null ? 0 : association.sealedLength(payload.readableBytes());
        ByteBuf target = length == 0 ? null : outlet.open(path.from(), path.to(), length);
        if (target != null) {
            association.seal(payload, target);
        }
        return target != null;
    }

    /** Whether data that comes and goes leaves nothing else to do. */
    boolean isCalm() {
        return association != null && association.isCalm();
    }

    void proceed(long now) {
        if (association != null) {
            association.proceed(now);
        }
    }

    void handleTimeout(long now) {
        if (association != null && now >= association.nextTimeout()) {
            association.handleTimeout(now);
        }
    }

    long nextTimeout() {
        return association == null ? Machine.NEVER : association.nextTimeout();
    }

    ByteBuf pollTransmit() {
        return association == null ? null : association.pollTransmit();
    }

    /** Hands on what became of it. */
    SessionFailure drain(Runnable established, Consumer<ByteBuf> data) {
        for (DtlsEvent event; association != null && (event = association.pollEvent()) != null; ) {
            if (event instanceof DtlsEvent.Established now) {
                peer = now.peer();
                established.run();
                drainData(data);
            } else if (event instanceof DtlsEvent.Failed failed) {
                drainData(data);
                detail = failed.detail();
                return failure(failed.reason());
            }
        }
        drainData(data);
        return null;
    }

    private void drainData(Consumer<ByteBuf> data) {
        for (ByteBuf payload; association != null && (payload = association.pollData()) != null; ) {
            data.accept(payload);
        }
    }

    private static SessionFailure failure(DtlsFailure reason) {
        return switch (reason) {
            case FINGERPRINT_REFUSED_HERE -> SessionFailure.IDENTITY_REFUSED;
            case FINGERPRINT_REFUSED_BY_PEER -> SessionFailure.IDENTITY_REFUSED_BY_PEER;
            case TIMEOUT, ALERT, USED_UP -> SessionFailure.ENCRYPTION_FAILED;
            case CLOSED_BY_PEER -> SessionFailure.CLOSED_BY_PEER;
        };
    }

    void close() {
        if (association != null) {
            association.close();
        }
    }
}
