package io.natconnector.relay;

/**
 * Counts since construction.
 *
 * @param requests requests sent, repetitions not counted
 * @param repetitions how often a request was sent again
 * @param sentData payloads sent to peers, as indications or on channels
 * @param sentOnChannels those of them on channels
 * @param receivedData payloads that came from peers
 * @param dropped payloads not sent (no allocation, refused peer, other family, too many peers) and malformed or unexpected input
 */
public record RelayClientStatistics(long requests, long repetitions, long sentData, long sentOnChannels, long receivedData,
        long dropped) { }
