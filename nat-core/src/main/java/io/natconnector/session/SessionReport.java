package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.IceCounters;
import io.natconnector.ice.PairReport;
import java.util.List;

/**
 * What was tried and what came of it.
 *
 * @param elapsed nanoseconds since the session was opened
 * @param connectedAfter nanoseconds until the first path, or -1
 */
public record SessionReport(long elapsed, long connectedAfter, List<Candidate> local, List<Candidate> remote,
        List<PairReport> pairs, List<ServerReport> servers, boolean heardFromPeer, IceCounters counters) {
    /**
     * What a STUN server, a relay or a home gateway said.
     *
     * @param kind {@code stun}, {@code relay} or {@code gateway}
     * @param server its address; a gateway's with the protocol that it was asked by
     * @param local the local address that it was asked from
     * @param outcome an address, or why there is none
     * @param roundTrip nanoseconds, 0 if unknown
     */
    public record ServerReport(String kind, String server, String local, String outcome, long roundTrip) { }
}
