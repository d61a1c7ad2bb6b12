package io.natconnector;

/** What a connector turned away. */
final class ConnectorCounters {
    /** Of strangers, while not listening or with too many of them here already. */
    final Tally wordsRefused = new Tally();
    final Tally wordsMalformed = new Tally();
    /** Of sessions that are over. */
    final Tally wordsStale = new Tally();
    /** That signalling did not take. */
    final Tally wordsUnsent = new Tally();
    /** In candidates of peers, that nobody in the local network answered to. */
    final Tally namesUnresolved = new Tally();
}
