package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.IceCounters;
import io.natconnector.ice.IcePath;
import io.natconnector.ice.PairReport;
import io.natconnector.nat.Directness;
import io.natconnector.nat.NatMapping;
import java.util.List;

/**
 * What was tried and what came of it.
 *
 * @param elapsed nanoseconds since the session was opened
 * @param connectedAfter nanoseconds until the first path, or -1
 * @param path what data goes over, or {@code null}
 * @param nat what our NAT makes of our ports, as far as servers have told
 * @param peerNat the same of the peer's, as it says
 * @param directness whether there is a direct path, and why not
 */
public record SessionReport(long elapsed, long connectedAfter, List<Candidate> local, List<Candidate> remote,
        List<PairReport> pairs, List<ServerReport> servers, boolean heardFromPeer, IceCounters counters, IcePath path,
        NatMapping nat, NatMapping peerNat, Directness directness) {
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
