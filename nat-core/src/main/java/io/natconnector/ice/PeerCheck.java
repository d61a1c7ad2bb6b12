package io.natconnector.ice;

import io.natconnector.stun.Datagram;
import io.natconnector.stun.StunAttribute;
import io.natconnector.stun.StunMessage;
import java.net.InetSocketAddress;

/** What an authenticated check of the peer said. */
record PeerCheck(InetSocketAddress base, InetSocketAddress source, String ufrag, long priority, boolean useCandidate,
        int nomination) {
    static PeerCheck of(Datagram datagram, StunMessage request, String ufrag) {
        Integer priority = request.get(StunAttribute.PRIORITY);
        Integer nomination = request.get(StunAttribute.NOMINATION);
        return new PeerCheck(datagram.to(), datagram.from(), ufrag, priority == null ? 0 : Integer.toUnsignedLong(priority),
                request.has(StunAttribute.USE_CANDIDATE), nomination == null ? 0 : nomination);
    }

    /** The candidate that the check came from, when nobody has told us of it (RFC 8445, section 7.3.1.3). */
    Candidate reflexive(int number) {
        long usable = Math.min(priority, Integer.MAX_VALUE);
        return new Candidate("prflx" + number, usable, source, CandidateType.PEER_REFLEXIVE, null);
    }
}
