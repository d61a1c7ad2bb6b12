package io.natconnector;

import io.natconnector.dtls.DtlsFingerprint;
import io.natconnector.session.PeerSession;
import io.natconnector.session.SessionEvent;
import io.natconnector.session.SessionFailure;
import io.natconnector.session.SessionSettings;
import io.natconnector.session.Words;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection with a peer, from the wish for it until its end: a session, the channel on it, and who waits for the channel.
 *
 * <p>On the event loop alone.
 */
final class Call {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    private final Contact contact;
    private final Hub hub;
    private final DefaultPeerChannel channel;
    private final List<CompletableFuture<PeerChannel>> waiting = new ArrayList<>();
    private final long begunAt = System.nanoTime();
    private final boolean incoming;
    private boolean wanted;                                   // by somebody on this side
    private PeerSession session;
    private long peerSession;                                 // what the peer calls its side, 0 if unknown
    private boolean connected;
    private boolean ended;
    private String objection;                                 // to who the peer has proved to be
    private volatile ConnectReport finalReport;

    Call(Contact contact, Hub hub, InetSocketAddress local, InetSocketAddress remote, boolean incoming) {
        this.contact = contact;
        this.hub = hub;
        this.incoming = incoming;
        this.channel = new DefaultPeerChannel(this, local, remote);
        hub.driver().loop().register(channel);
    }

    String peer() {
        return contact.name();
    }

    Hub hub() {
        return hub;
    }

    DefaultPeerChannel channel() {
        return channel;
    }

    /** Whether the peer began it. */
    boolean isIncoming() {
        return incoming;
    }

    boolean isConnected() {
        return connected;
    }

    long begunAt() {
        return begunAt;
    }

    void begin(SessionSettings settings) {
        hub.connect(this, settings);
    }

    void session(PeerSession opened) {
        session = opened;
    }

    /** Somebody on this side wants the channel. */
    void join(ChannelHandler handler, CompletableFuture<PeerChannel> future) {
        wanted = true;
        try {
            if (handler != null) {
                channel.pipeline().addLast(handler);
            }
        } catch (RuntimeException e) {
            future.completeExceptionally(e);
            abandon();
            return;
        }
        if (connected) {
            future.complete(channel);
        } else {
            waiting.add(future);
        }
    }

    /** A waiting one does not want it any more; nobody being left, it ends. */
    void cancelled(CompletableFuture<PeerChannel> future) {
        if (waiting.remove(future)) {
            abandon();
        }
    }

    private void abandon() {
        if (waiting.isEmpty() && !connected && !incoming) {
            close();
        }
    }

    /** What the peer says; false when the peer has started anew and these words are of its new session. */
    boolean hear(Words words) {
        if (!hub.hear(session, words)) {
            return false;
        }
        words.note().ifPresent(note -> peerSession = note.session());
        return true;
    }

    /** The peer has started anew while we were still connecting: so do we, and nobody who waits needs to know. */
    void beginAnew(SessionSettings settings) {
        PeerSession old = session;
        contact.forgetLater(peerSession);
        peerSession = 0;
        hub.forget(old);
        hub.replaced(old);
        begin(settings);
    }

    /** The peer has started anew after we were connected: this call is over. */
    void replaced() {
        hub.replaced(session);
    }

    void close() {
        if (!ended && session != null) {
            hub.close(session);
        }
    }

    boolean isWritable() {
        return hub.isWritable();
    }

    void awaitWritable() {
        hub.awaitWritable(this);
    }

    long now() {
        return hub.driver().now();
    }

    /** Sends a datagram, which it borrows; false: it was dropped, as there was no path. {@link #flush} must follow. */
    boolean send(ByteBuf payload, long now) {
        return hub.send(session, payload, now);
    }

    /** Whether such a datagram is known to be too long for the path. Borrows it. */
    boolean refuses(ByteBuf payload, long now) {
        return hub.refuses(session, payload, now);
    }

    void flush() {
        hub.driver().changed();
    }

    /** What became of the session. */
    void handle(SessionEvent event) {
        if (event instanceof SessionEvent.Say say) {
            contact.say(say.text());
        } else if (event instanceof SessionEvent.Connected now) {
            connected(ConnectReport.path(now.path()), identity(now.peer()), now.cipher());
        } else if (event instanceof SessionEvent.PathChanged change) {
            moved(ConnectReport.path(change.to()));
        } else if (event instanceof SessionEvent.Resized resized) {
            channel.resized(ConnectReport.path(resized.path()));
        } else if (event instanceof SessionEvent.Interrupted) {
            moved(null);
        } else if (event instanceof SessionEvent.Ended end) {
            end(end.failure(), end.detail());
        }
    }

    private void moved(Path to) {
        Path from = channel.path();
        channel.pathChanged(to);
        if (channel.isActive()) {
            contact.chronicle().moved(channel, from, to);
        }
    }

    private void connected(Path path, PeerIdentity proved, String cipher) {
        objection = contact.objection(proved).orElse(null);
        if (objection != null) {
            hub.close(session);
            return;
        }
        connected = true;
        channel.connected(path, session.isControlling(), proved, cipher);
        Consumer<PeerChannel> initializer = wanted ? null : contact.initializer();
        if (initializer != null) {
            try {
                initializer.accept(channel);
            } catch (RuntimeException e) {
                LOG.warn("The initializer of {}'s channel failed, so it is closed", peer(), e);
                channel.close();
            }
        }
        if (!channel.isOpen()) {
            return;                                           // whoever waits is told by the end of the session
        }
        channel.activate();
        List<CompletableFuture<PeerChannel>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(future -> future.complete(channel));
        contact.chronicle().connected(channel, incoming, begunAt);   // after all that somebody waits for
    }

    private static PeerIdentity identity(X509Certificate certificate) {
        return certificate == null ? null : new PeerIdentity(DtlsFingerprint.of(certificate).toString(), certificate);
    }

    private void end(SessionFailure failure, String why) {
        ended = true;
        finalReport = hub.report(peer(), session);
        NatException.Reason reason = NatException.Reason.of(failure);
        String detail = why;
        if (reason == NatException.Reason.NO_ANSWER && !contact.signalWorkedSince(begunAt)) {
            reason = NatException.Reason.NO_SIGNAL;
            detail = contact.signalAdvice();
        }
        if (objection != null) {
            reason = NatException.Reason.IDENTITY_UNTRUSTED;
            detail = objection;
        }
        NatException cause = new NatException(reason, detail, finalReport);
        contact.ended(this, peerSession);
        channel.end(cause);
        List<CompletableFuture<PeerChannel>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(future -> future.completeExceptionally(cause));
        if (connected) {
            contact.chronicle().ended(channel, cause, begunAt);
        } else {
            contact.chronicle().failed(cause, incoming, begunAt);
        }
    }

    /** Any thread. */
    ConnectReport report() {
        ConnectReport last = finalReport;
        ConnectReport empty = ConnectReport.empty(peer());
        return last != null ? last : contact.onLoop(() -> session == null ? empty : hub.report(peer(), session), empty);
    }
}
