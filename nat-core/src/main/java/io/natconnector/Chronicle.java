package io.natconnector;

import io.natconnector.jfr.Recorder;
import java.util.function.Consumer;

/**
 * What happens, for those who want to know: the application's observer, and the flight recorder while it runs. While neither does,
 * nothing is made, and no class of either is loaded: {@link Scribe} is where they begin.
 *
 * <p>On the event loop.
 */
final class Chronicle {
    private final Consumer<ConnectorEvent> observer;          // null: none

    Chronicle(Consumer<ConnectorEvent> observer) {
        this.observer = observer;
    }

    private boolean isRead() {
        return observer != null || Recorder.isOn();
    }

    void started(Connector connector) {
        if (observer != null) {
            Scribe.started(observer, connector);
        }
    }

    void gathered(Hub hub) {
        if (isRead()) {
            Scribe.gathered(observer, hub.networkReport());
        }
    }

    /** @param begunAt {@link System#nanoTime} when the attempt began */
    void connected(PeerChannel channel, boolean incoming, long begunAt) {
        if (isRead()) {
            Scribe.connected(observer, channel, incoming, System.nanoTime() - begunAt);
        }
    }

    void failed(NatException cause, boolean incoming, long begunAt) {
        if (isRead()) {
            Scribe.failed(observer, cause, incoming, System.nanoTime() - begunAt);
        }
    }

    void moved(PeerChannel channel, Path from, Path to) {
        if (isRead()) {
            Scribe.moved(observer, channel, from, to);
        }
    }

    void ended(PeerChannel channel, NatException cause, long begunAt) {
        if (isRead()) {
            Scribe.ended(observer, channel, cause, System.nanoTime() - begunAt);
        }
    }

    void closed(Connector connector) {
        if (observer != null) {
            Scribe.closed(observer, connector);
        }
    }
}
