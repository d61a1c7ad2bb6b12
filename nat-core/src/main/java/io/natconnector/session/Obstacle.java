package io.natconnector.session;

import io.natconnector.ice.Candidate;
import io.natconnector.ice.CandidateType;
import io.natconnector.nat.Directness;
import io.natconnector.nat.NatMapping;
import java.util.List;

/** What stands between two peers. */
final class Obstacle {
    private Obstacle() {
    }

    /** What follows from all that is known of the two sides, where there is no direct path and nobody looks for one any more. */
    static Directness between(List<Candidate> local, List<Candidate> remote, NatMapping ours, NatMapping theirs, boolean searched) {
        if (remote.isEmpty()) {
            return Directness.PEER_UNKNOWN;
        }
        if (!isSeen(local)) {
            return Directness.UDP_BLOCKED_HERE;
        }
        if (!isSeen(remote)) {
            return Directness.UDP_BLOCKED_THERE;
        }
        if (ours.dependsOnDestination() && theirs.dependsOnDestination() && (ours != theirs || ours == NatMapping.RANDOM)) {
            return Directness.BOTH_UNPREDICTABLE;
        }
        if (ours == NatMapping.RANDOM || theirs == NatMapping.RANDOM) {
            if (searched) {
                return Directness.SEARCH_FAILED;
            }
            return ours == NatMapping.UNKNOWN || theirs == NatMapping.UNKNOWN ? Directness.NAT_UNKNOWN : Directness.SEARCH_OFF;
        }
        return ours == NatMapping.UNKNOWN || theirs == NatMapping.UNKNOWN ? Directness.NAT_UNKNOWN : Directness.FILTERED;
    }

    /** Whether somebody on the internet has seen that side over UDP, or could. */
    private static boolean isSeen(List<Candidate> candidates) {
        return candidates.stream().anyMatch(candidate -> candidate.type() == CandidateType.SERVER_REFLEXIVE
                || candidate.type() == CandidateType.PEER_REFLEXIVE
                || candidate.type() == CandidateType.HOST && !candidate.address().getAddress().isSiteLocalAddress());
    }
}
