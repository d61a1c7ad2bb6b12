package io.natconnector;

/**
 * What a connector does and has turned away.
 *
 * @param sessions with peers that are connected or being connected to
 * @param wordsRefused words of strangers, while not listening or with too many of them here already
 * @param wordsMalformed words that were none
 * @param wordsStale words of sessions that are over
 * @param wordsUnsent words that signalling did not take
 * @param datagramsSent all UDP datagrams, checks and questions to servers included
 * @param datagramsReceived likewise
 * @param datagramsFailed that the system refused to send, or for which a socket was full
 */
public record ConnectorStatistics(int sessions, long wordsRefused, long wordsMalformed, long wordsStale, long wordsUnsent,
        long datagramsSent, long datagramsReceived, long datagramsFailed) { }
