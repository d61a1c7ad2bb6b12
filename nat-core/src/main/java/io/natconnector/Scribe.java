package io.natconnector;

import io.natconnector.jfr.Recorder;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a {@link Chronicle}'s events and hands them out. */
final class Scribe {
    private static final Logger LOG = LoggerFactory.getLogger(Scribe.class);

    private Scribe() { }

    static void started(Consumer<ConnectorEvent> observer, Connector connector) {
        tell(observer, new ConnectorEvent.Started(connector));
    }

    static void gathered(Consumer<ConnectorEvent> observer, NetworkReport report) {
        tell(observer, new ConnectorEvent.Gathered(report));
    }

    static void connected(Consumer<ConnectorEvent> observer, PeerChannel channel, boolean incoming, long nanos) {
        tell(observer, new ConnectorEvent.Connected(channel, incoming, Duration.ofNanos(nanos)));
    }

    static void failed(Consumer<ConnectorEvent> observer, NatException cause, boolean incoming, long nanos) {
        tell(observer, new ConnectorEvent.Failed(cause, incoming, Duration.ofNanos(nanos)));
    }

    static void moved(Consumer<ConnectorEvent> observer, PeerChannel channel, Path from, Path to) {
        tell(observer, new ConnectorEvent.Moved(channel, new PathChanged(from, to)));
    }

    static void ended(Consumer<ConnectorEvent> observer, PeerChannel channel, NatException cause, long nanos) {
        tell(observer, new ConnectorEvent.Ended(channel, cause, Duration.ofNanos(nanos)));
    }

    static void closed(Consumer<ConnectorEvent> observer, Connector connector) {
        tell(observer, new ConnectorEvent.Closed(connector));
    }

    private static void tell(Consumer<ConnectorEvent> observer, ConnectorEvent event) {
        if (Recorder.isOn()) {
            FlightLog.write(event);
        }
        if (observer != null) {
            try {
                observer.accept(event);
            } catch (RuntimeException e) {
                LOG.warn("The observer failed over {}", event.getClass().getSimpleName(), e);
            }
        }
    }
}
