package io.natconnector.ice;

/**
 * What came in that changed nothing.
 *
 * @param malformed claimed to be STUN and was not well formed
 * @param unauthenticated named our session and failed its integrity check
 * @param unexpected authentic, but from another address than it was asked at, or with a user name of another time
 */
public record IceCounters(long malformed, long unauthenticated, long unexpected) { }
