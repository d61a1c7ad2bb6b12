package io.natconnector;

/** What a {@link MachineDriver} has done. */
final class DriverCounters {
    final Tally received = new Tally();
    final Tally sent = new Tally();
    /** Sendings that stood for several datagrams. */
    final Tally joined = new Tally();
    /** Sendings or receivings that the system refused: no route, no permission, too long. */
    final Tally failed = new Tally();
    /** Dropped because the socket was full. */
    final Tally congested = new Tally();
    /** Dropped because the socket to send from is not there, or not any more. */
    final Tally homeless = new Tally();
    /** Requests for a socket that were answered, either way. */
    final Tally settled = new Tally();
    /** Connections that were not taken in, as there were enough already. */
    final Tally turnedAway = new Tally();
    /** Datagrams at a port for DTLS of nobody who is in, nor of one who begins. */
    final Tally strays = new Tally();
    /** Connections that were ended because they were silent, slow, or made no sense. */
    final Tally cut = new Tally();
    final Tally opened = new Tally();
    final Tally closed = new Tally();
    final Tally timersArmed = new Tally();
}
