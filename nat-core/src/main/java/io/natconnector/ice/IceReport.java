package io.natconnector.ice;

import java.util.List;

/**
 * How things stand with an agent.
 *
 * @param pairs all pairs, best first, with what came of each
 * @param remote the candidates of the other side, discovered ones included
 * @param counters what came in that changed nothing
 */
public record IceReport(List<PairReport> pairs, List<Candidate> remote, IceCounters counters) { }
