package io.natconnector.session;

import io.natconnector.ice.IcePath;
import io.netty.buffer.ByteBuf;

/** What an endpoint's caller must do something about. */
public sealed interface SessionEvent {
    PeerSession session();

    /** Carry this text to the peer. */
    record Say(PeerSession session, String text) implements SessionEvent { }

    /** Connected: data may be sent from now on. Comes once, before any data. */
    record Connected(PeerSession session, IcePath path) implements SessionEvent { }

    /** Data goes another way from now on. Nothing needs to be done. */
    record PathChanged(PeerSession session, IcePath from, IcePath to) implements SessionEvent { }

    /** No path works at present; a new one is looked for. {@code PathChanged} follows, or {@code Ended}. */
    record Interrupted(PeerSession session, String why) implements SessionEvent { }

    /** A datagram of the peer's application. The payload is the receiver's, to release. */
    record Data(PeerSession session, ByteBuf payload) implements SessionEvent { }

    /** The session is over; nothing comes after this. */
    record Ended(PeerSession session, SessionFailure failure) implements SessionEvent { }
}
