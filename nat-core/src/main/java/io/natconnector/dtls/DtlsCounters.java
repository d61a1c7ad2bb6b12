package io.natconnector.dtls;

/**
 * What an association took in and did not use, what it said again, and how often it has changed its keys.
 *
 * @param malformed datagrams that are no records
 * @param refused records that were replayed, too late or not the peer's
 * @param overlong payloads that don't fit into a record
 * @param resent flights of the handshake that were sent again
 * @param renewed how often keys were exchanged after the first time
 */
public record DtlsCounters(long malformed, long refused, long overlong, long resent, long renewed) { }
