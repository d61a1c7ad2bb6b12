package io.natconnector;

import java.util.concurrent.CompletableFuture;

/**
 * Carries the words that two peers exchange before they have a path: short texts, addressed by peer name. Ready-made ones are in
 * nat-signal; an application that has a way of its own to carry text implements this, or uses {@link Connector#peer} and none.
 *
 * <p><b>What it must do:</b> try to deliver each text to the peer of that name, if that peer is there. Order, duplicates and an
 * occasional loss don't matter: the words are cumulative, and are repeated until the other side has them. Old words do harm when
 * they come much later: don't retain, don't deliver what is older than a minute.
 *
 * <p><b>What it should do:</b> keep the words from being read or forged by whoever carries them. They hold the keys of the
 * connectivity checks and, with encryption on, the fingerprints that the peers are known by.
 *
 * <p><b>Threading:</b> {@link #send} may be called from any thread and must not block; the listener may be called from any thread.
 */
public interface Signaling extends AutoCloseable {
    /**
     * Starts to receive what is meant for a peer of this name. Called once. Returns at once; a carrier that can't be reached yet
     * is tried again with back-off, and {@link Listener#state} tells how it stands.
     *
     * @throws IllegalArgumentException if the name is not one that this carrier can address
     */
    void start(String self, Listener listener);

    /**
     * Sends a text to the peer of that name.
     *
     * @return done when the carrier has taken it; failed with an {@link java.io.IOException} when it was dropped
     */
    CompletableFuture<Void> send(String to, String text);

    /**
     * The machine's addresses have changed: a connection from one that is gone will never say so, and had better be made anew at
     * once. Must not block; nothing to do for a carrier without connections.
     */
    default void networkChanged() { }

    /** Stops receiving and gives back all that it holds. Idempotent; does not throw. */
    @Override
    void close();

    /** What a connector wants to hear. */
    interface Listener {
        /** A text from the peer of that name. */
        void received(String from, String text);

        /**
         * Whether the carrier works at present.
         *
         * @param advice for people: what is wrong and what is being done about it; empty when it works
         */
        void state(boolean up, String advice);
    }
}
