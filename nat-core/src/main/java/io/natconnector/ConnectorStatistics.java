package io.natconnector;

import java.util.Collection;

/**
 * What a connector does and has turned away.
 *
 * @param sessions with peers that are connected or being connected to
 * @param wordsRefused words of strangers, while not listening or with too many of them here already
 * @param wordsMalformed words that were none
 * @param wordsStale words of sessions that are over
 * @param wordsUnsent words that signalling did not take
 * @param namesUnresolved {@code .local} names in candidates of peers that nobody in the local network answered to
 * @param datagramsSent all UDP datagrams, checks and questions to servers included
 * @param datagramsReceived likewise
 * @param datagramsFailed that the system refused to send, or for which a socket was full
 */
public record ConnectorStatistics(int sessions, long wordsRefused, long wordsMalformed, long wordsStale, long wordsUnsent,
        long namesUnresolved, long datagramsSent, long datagramsReceived, long datagramsFailed) {
    /** On the event loop, but for no hubs. */
    static ConnectorStatistics of(Collection<Hub> hubs, ConnectorCounters counters) {
        long sent = 0;
        long received = 0;
        long failed = 0;
        int sessions = 0;
        for (Hub hub : hubs) {
            DriverCounters driver = hub.driver().counters();
            sent += driver.sent.value();
            received += driver.received.value();
            failed += driver.failed.value() + driver.congested.value();
            sessions += hub.sessions();
        }
        return new ConnectorStatistics(sessions, counters.wordsRefused.value(), counters.wordsMalformed.value(),
                counters.wordsStale.value(), counters.wordsUnsent.value(), counters.namesUnresolved.value(), sent,
                received, failed);
    }
}
