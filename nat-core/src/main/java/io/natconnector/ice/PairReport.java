package io.natconnector.ice;

/**
 * What came of one pair: a line of the answer to "why does it not connect?".
 *
 * @param roundTrip nanoseconds, 0 if there was no answer
 * @param checksSent how many checks left
 * @param answersReceived how many of them were answered
 * @param checksReceived how many authenticated checks of the peer came in over this pair
 */
public record PairReport(Candidate local, Candidate remote, String state, String outcome, boolean nominated, long roundTrip,
        int checksSent, int answersReceived, int checksReceived) {
    static PairReport of(CandidatePair pair) {
        String outcome = pair.outcome;
        if (outcome.isEmpty() && pair.state == CandidatePair.State.IN_PROGRESS) {
            outcome = pair.requestsReceived > 0 ? "the peer's checks arrive, its answers don't" : "no answer yet";
        }
        Candidate local = pair.seenAs == null ? pair.local : pair.seenAs;
        return new PairReport(local, pair.remote, pair.state.name().toLowerCase(java.util.Locale.ROOT), outcome, pair.nominated,
                pair.roundTrip, pair.checksSent, pair.answersReceived, pair.requestsReceived);
    }
}
