package io.natconnector;

import io.natconnector.session.Words;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signalling of a connector: who says what goes in and out here, and whether that works. Any thread. */
final class Mail implements Signaling.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Mail.class);

    private final Signaling signaling;
    private final DefaultConnector connector;
    private final Set<CompletableFuture<Void>> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean up;
    private volatile boolean worked;
    private volatile long workedAt;
    private volatile String advice = "";

    Mail(Signaling signaling, DefaultConnector connector) {
        this.signaling = signaling;
        this.connector = connector;
    }

    void start(String self) {
        signaling.start(self, this);
    }

    @Override
    public void received(String from, String text) {
        works();
        connector.localNames().hear(text, words -> hear(from, words));
    }

    private void hear(String from, String text) {
        Words words;
        try {
            words = Words.parse(text);
        } catch (IllegalArgumentException e) {
            connector.counters().wordsMalformed.up();
            LOG.debug("Words of {} were not understood: {}", from, e.getMessage());
            return;
        }
        connector.execute(() -> connector.hear(from, words));
    }

    @Override
    public void state(boolean isUp, String why) {
        if (up && !isUp) {
            works();                                          // until now
        }
        if (!isUp) {
            LOG.debug("Signalling is down: {}", why);
        }
        up = isUp;
        advice = why;
    }

    private void works() {
        workedAt = System.nanoTime();
        worked = true;
    }

    /** Never throws: what can't be sent is lost, as words may be, and said again. */
    void say(String to, String text) {
        CompletableFuture<Void> sending;
        try {
            sending = signaling.send(to, text);
        } catch (RuntimeException e) {
            sending = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Void> mine = sending;
        underWay.add(mine);
        mine.whenComplete((done, failure) -> {
            underWay.remove(mine);
            if (failure == null) {
                works();
            } else {
                connector.counters().wordsUnsent.up();
                LOG.debug("Words to {} were not sent: {}", to, failure.toString());
            }
        });
    }

    void networkChanged() {
        try {
            signaling.networkChanged();
        } catch (RuntimeException e) {
            LOG.warn("Signalling did not take that the network has changed", e);
        }
    }

    /** Whether it carried anything, or said that it could, since that time of {@link System#nanoTime}. */
    boolean workedSince(long nanoTime) {
        return up || worked && workedAt - nanoTime >= 0;
    }

    String advice() {
        return advice;
    }

    /** Done when all that was said has left, or has not. */
    CompletableFuture<Void> everythingSaid() {
        return CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new));
    }

    void close() {
        try {
            signaling.close();
        } catch (RuntimeException e) {
            LOG.warn("Signalling could not be closed", e);
        }
    }
}
