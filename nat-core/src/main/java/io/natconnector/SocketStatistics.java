package io.natconnector;

/**
 * What the sockets of a server have carried until now.
 *
 * @param open sockets and connections that are open
 * @param received datagrams, and messages of connections
 * @param sent likewise
 * @param failed that the system refused to send or to take in
 * @param congested dropped because a socket was full
 * @param turnedAway connections that were not taken in, as there were enough already
 * @param cut connections that were ended because they were silent, slow, or made no sense
 */
public record SocketStatistics(long open, long received, long sent, long failed, long congested, long turnedAway, long cut) {
    static SocketStatistics of(DriverCounters counted) {
        return new SocketStatistics(counted.opened.value() - counted.closed.value(), counted.received.value(), counted.sent.value(),
                counted.failed.value(), counted.congested.value(), counted.turnedAway.value(), counted.cut.value());
    }
}
