package io.natconnector;

import java.time.Duration;

/** What a connector tells who counts, logs or traces it; see {@link ConnectorBuilder#observer}. */
public sealed interface ConnectorEvent {
    /** It was built. The first event. */
    record Started(Connector connector) implements ConnectorEvent { }

    /** All servers have answered, or will not: at the start, and again whenever the machine's addresses have changed. */
    record Gathered(NetworkReport report) implements ConnectorEvent { }

    /**
     * A peer is connected, and the application has its channel.
     *
     * @param incoming whether the peer has begun it
     * @param after since either side has begun it here
     */
    record Connected(PeerChannel channel, boolean incoming, Duration after) implements ConnectorEvent { }

    /** There is no connection with a peer: {@code cause} says why, and has the report. */
    record Failed(NatException cause, boolean incoming, Duration after) implements ConnectorEvent { }

    /** A channel's datagrams go another way, or none at present. */
    record Moved(PeerChannel channel, PathChanged change) implements ConnectorEvent { }

    /** A channel that was connected is over. */
    record Ended(PeerChannel channel, NatException cause, Duration after) implements ConnectorEvent { }

    /** It is closed. The last event. */
    record Closed(Connector connector) implements ConnectorEvent { }
}
