package io.natconnector.session;

import io.natconnector.ice.IcePath;
import io.netty.buffer.ByteBuf;
import java.security.cert.X509Certificate;

/** What an endpoint's caller must do something about. */
public sealed interface SessionEvent {
    PeerSession session();

    /** Carry this text to the peer. */
    record Say(PeerSession session, String text) implements SessionEvent { }

    /**
     * Connected: data may be sent from now on. Comes once, before any data. {@code peer} has proved itself; null in plaintext.
     *
     * @param cipher how data is sealed, for people; empty in plaintext
     */
    record Connected(PeerSession session, IcePath path, X509Certificate peer, String cipher) implements SessionEvent { }

    /** Data goes another way from now on. Nothing needs to be done. */
    record PathChanged(PeerSession session, IcePath from, IcePath to) implements SessionEvent { }

    /** Longer datagrams than before are known to pass over the path, or not to pass any more: see {@link IcePath#mtu}. */
    record Resized(PeerSession session, IcePath path) implements SessionEvent { }

    /** No path works at present; a new one is looked for. {@code PathChanged} follows, or {@code Ended}. */
    record Interrupted(PeerSession session, String why) implements SessionEvent { }

    /**
     * A datagram of the peer's application. The payload is the receiver's, to release. One object serves for all: it is good until
     * the next event is polled.
     */
    final class Data implements SessionEvent {
        private PeerSession session;
        private ByteBuf payload;

        Data() { }

        Data of(PeerSession from, ByteBuf datagram) {
            session = from;
            payload = datagram;
            return this;
        }

        @Override
        public PeerSession session() {
            return session;
        }

        public ByteBuf payload() {
            return payload;
        }
    }

    /** The session is over; nothing comes after this. {@code detail} is for people, and often empty. */
    record Ended(PeerSession session, SessionFailure failure, String detail) implements SessionEvent { }
}
