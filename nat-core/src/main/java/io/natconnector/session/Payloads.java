package io.natconnector.session;

import io.natconnector.ice.IceAgent;
import io.natconnector.ice.IcePath;
import io.natconnector.ice.Passenger;
import io.natconnector.stun.Datagram;
import io.natconnector.stun.Machine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/** The application's datagrams of a session, on their way out and in: sealed, or as they are. */
final class Payloads {
    /** What a record of DTLS adds to a datagram (RFC 6347, section 4.1; RFC 5288, section 3), in bytes. */
    static final int RECORD_OVERHEAD = 13 + 8 + 16;
    /** Data that arrives before our own first check is answered waits here: the peer may already send, as fast as it can. */
    private static final int MAX_EARLY = 256;
    private static final int MAX_EARLY_BYTES = 256 << 10;

    private final PeerSession session;
    private final Events events;
    private final Protection protection;
    private final Queue<Datagram> transmits;
    private final Queue<ByteBuf> early = new ArrayDeque<>(0);
    private final Consumer<ByteBuf> opened;
    private final Oversize oversize = new Oversize();
    private Numbering numbering;
    private int earlyBytes;
    private boolean open;
    private boolean closed;
    private long repeated;

    /**
     * @param protection {@code null} for plaintext
     * @param transmits where datagrams go
     */
    Payloads(PeerSession session, Events events, Protection protection, Queue<Datagram> transmits) {
        this.session = session;
        this.events = events;
        this.protection = protection;
        this.transmits = transmits;
        this.opened = payload -> events.add(session, payload);
    }

    /** Whether both sides encrypt, or neither does. */
    boolean agreesWith(Words words) {
        return words.dtls().isPresent() == (protection != null);
    }

    /** What the peer can do, and who it claims to be. */
    void hear(Words words, long ownSession, long now) {
        if (protection != null) {
            protection.hear(words, ownSession, now);
        } else if (numbering == null && words.note().isPresent() && words.note().get().numbers()) {
            numbering = new Numbering(ownSession, words.note().get().session());
        }
    }

    /** Our words, with what the peer must know of this. */
    Words complete(Words words) {
        return words == null || protection == null ? words : words.with(protection.words());
    }

    /** What rides in the checks, or {@code null}. */
    Passenger passenger() {
        return protection == null ? null : protection.ride();
    }

    boolean isEncrypted() {
        return protection != null;
    }

    /** Who the peer has proved to be, or {@code null}. */
    X509Certificate peerCertificate() {
        return protection == null ? null : protection.peer();
    }

    /** How they are sealed, for people; empty if they are not. */
    String cipher() {
        return protection == null ? "" : protection.cipher();
    }

    /** More about why encryption failed, for people. */
    String failureDetail() {
        return protection == null ? "" : protection.detail();
    }

    /** Datagrams that came twice. */
    long repeated() {
        return repeated;
    }

    /**
     * Sends a datagram of the application, which it borrows.
     *
     * @return false if it can't be sent: there is no path ({@code null}), or no key
     */
    boolean send(ByteBuf payload, IcePath path, IceAgent carrier, Outlet outlet, long now) {
        if (path == null || !open) {
            return false;
        }
        return carrier.takes(length(payload), now) ? sendOver(path, payload, carrier, outlet, now)
                : sendOversize(payload, carrier, now);
    }

    /** Whether a datagram of the application was, or would be, too long for the path. */
    boolean refuses(ByteBuf payload, IceAgent carrier, long now) {
        return carrier.refuses(length(payload), now);
    }

    /** As it is on the wire. */
    private int length(ByteBuf payload) {
        return payload.readableBytes() + (protection != null ? RECORD_OVERHEAD : numbering != null ? Numbering.HEADER_LENGTH : 0);
    }

    private boolean sendOversize(ByteBuf payload, IceAgent carrier, long now) {
        IcePath detour = carrier.detour(length(payload), now);
        if (detour != null) {
            return sendOver(detour, payload, carrier, Outlet.NONE, now);
        }
        return !carrier.refuses(length(payload), now) && oversize.hold(payload, now);
    }

    /** More is known of what passes over the path, or it is another one. */
    void resized(IcePath path, IceAgent carrier, long now) {
        oversize.release(payload -> send(payload, path, carrier, Outlet.NONE, now), now);
    }

    private boolean sendOver(IcePath path, ByteBuf payload, IceAgent carrier, Outlet outlet, long now) {
        if (!carrier.isDoubtful(now)
                && (protection == null ? write(payload, path, outlet) : protection.write(payload, path, outlet))) {
            return true;
        }
        ByteBuf kept = payload.retain();
        ByteBuf datagram = protection != null ? protection.seal(kept) : numbering != null ? numbering.number(kept) : kept;
        if (datagram != null) {
            transmit(datagram, path, carrier, now);
        }
        return datagram != null;
    }

    /** Nearly all plaintext leaves this way. Borrows the payload. */
    private boolean write(ByteBuf payload, IcePath path, Outlet outlet) {
        int length = payload.readableBytes() + (numbering == null ? 0 : Numbering.HEADER_LENGTH);
        ByteBuf target = outlet.open(path.from(), path.to(), length);
        if (target != null && numbering != null) {
            numbering.number(payload, target);
        } else if (target != null) {
            target.writeBytes(payload, payload.readerIndex(), length);
        }
        return target != null;
    }

    /** While the path is in doubt it goes over others as well, if the peer leaves out what comes twice. */
    private void transmit(ByteBuf datagram, IcePath path, IceAgent carrier, long now) {
        if ((numbering != null || protection != null) && carrier.isDoubtful(now)) {
            for (IcePath backup : carrier.backups(now)) {
                transmits.add(Datagram.udp(backup.from(), backup.to(), datagram.retainedDuplicate()));
            }
        }
        transmits.add(Datagram.udp(path.from(), path.to(), datagram));
    }

    /**
     * Goes on with the handshake, and with what it has come to.
     *
     * @param path {@code null} while there is none: what would be sent is lost then
     * @param established called when data can be sent and received
     * @return why it can't go on, or {@code null}
     */
    SessionFailure secure(IcePath path, IceAgent carrier, Runnable established, long now) {
        if (protection == null || closed) {
            return null;
        }
        if (path != null) {
            protection.start(now);
        }
        protection.proceed(now);
        drain(path, carrier, now);
        return path == null && !open ? null : protection.drain(established, opened);
    }

    private void drain(IcePath path, IceAgent carrier, long now) {
        for (ByteBuf datagram; (datagram = protection.pollTransmit()) != null; ) {
            if (path == null) {
                datagram.release();
            } else {
                transmit(datagram, path, carrier, now);
            }
        }
    }

    void handleTimeout(long now) {
        if (protection != null) {
            protection.handleTimeout(now);
        }
    }

    long nextTimeout() {
        return protection == null ? Machine.NEVER : protection.nextTimeout();
    }

    /** Whether a datagram may be of this session: others may be with the same peer over the same sockets. Borrows it. */
    boolean isOurs(ByteBuf datagram) {
        return protection != null || numbering == null || numbering.isOurs(datagram);
    }

    /** Borrows the datagram. */
    void incoming(ByteBuf datagram, long now) {
        if (protection != null) {
            protection.incoming(datagram, now);
        } else if (open) {
            deliver(datagram);
        } else if (early.size() < MAX_EARLY && earlyBytes + datagram.readableBytes() <= MAX_EARLY_BYTES) {
            earlyBytes += datagram.readableBytes();
            early.add(datagram.copy());
        }
    }

    /** Whether a datagram that comes in leads to nothing but that the application gets it, and one that leaves to nothing else. */
    boolean isQuiet() {
        return open && (protection == null || protection.isCalm());
    }

    /** The application has been told that it is connected. */
    void open() {
        open = true;
        for (ByteBuf datagram; (datagram = early.poll()) != null; ) {
            deliver(datagram);
            datagram.release();
        }
    }

    /**
     * Borrows the datagram: it lies in a socket's buffer, which is used over and over, and the application may keep it for long.
     */
    private void deliver(ByteBuf datagram) {
        if (numbering == null || numbering.isNew(datagram)) {
            int header = numbering == null ? 0 : Numbering.HEADER_LENGTH;
            int length = datagram.readableBytes() - header;
            ByteBuf own = ByteBufAllocator.DEFAULT.ioBuffer(length);
            // In this direction it goes without a view of either, which would be garbage
            datagram.getBytes(datagram.readerIndex() + header, own, length);
            events.add(session, own);
        } else {
            repeated++;
        }
    }

    /** Ends it, and says so to the peer if there is a path. */
    void close(IcePath path, IceAgent carrier, long now) {
        early.forEach(ByteBuf::release);
        early.clear();
        oversize.clear();
        open = false;
        closed = true;
        if (protection != null) {
            protection.close();
            drain(path, carrier, now);
        }
    }
}
