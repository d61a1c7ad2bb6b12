package io.natconnector.nat;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/**
 * What may be spent on finding a way through a NAT that gives every destination another, random port, to a peer whose NAT lets in
 * only whom it was sent to. The one side opens many sockets, the other tries many ports: with 256 sockets, 1024 tries meet one of
 * them with 98 %.
 *
 * @param sockets how many the hard side opens, 0 for no search
 * @param probes how many ports the easy side tries
 * @param interval between two probes, in nanoseconds
 * @param after how long ordinary checks are given first, in nanoseconds
 */
public record SearchBudget(int sockets, int probes, long interval, long after) {
    public static final SearchBudget DEFAULT = new SearchBudget(256, 1_500, MILLISECONDS.toNanos(6), MILLISECONDS.toNanos(700));
    public static final SearchBudget NONE = new SearchBudget(0, 0, 1, 0);

    public SearchBudget {
        if (sockets < 0 || sockets > 1024 || probes < 0 || probes > 10_000 || interval < 1 || after < 0) {
            throw new IllegalArgumentException("0 to 1024 sockets, 0 to 10000 probes, a positive interval, not "
                    + sockets + ", " + probes + ", " + interval);
        }
    }
}
