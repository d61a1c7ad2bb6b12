package io.natconnector.signal;

import io.natconnector.Signaling;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/**
 * Signalling between peers within one JVM, for tests and examples: one exchange, and of it one {@link #signaling} for each peer.
 *
 * <p>Any thread. Listeners are called on the executor, never inside {@link Signaling#send}. Needs no closing.
 */
public final class InProcessExchange {
    private final Executor executor;
    private final ConcurrentHashMap<String, Set<InProcessSignaling>> peers = new ConcurrentHashMap<>();

    /** An exchange that calls listeners on the JVM's common pool. */
    public InProcessExchange() {
        this(ForkJoinPool.commonPool());
    }

    /** An exchange that calls listeners on this executor: one thread, if they are to be called in order. */
    public InProcessExchange(Executor executor) {
        this.executor = executor;
    }

    /** Another peer's signalling. */
    public Signaling signaling() {
        return new InProcessSignaling(this);
    }

    void join(String name, InProcessSignaling peer) {
        peers.computeIfAbsent(name, any -> ConcurrentHashMap.newKeySet()).add(peer);
    }

    void leave(String name, InProcessSignaling peer) {
        peers.computeIfPresent(name, (any, same) -> {
            same.remove(peer);
            return same.isEmpty() ? null : same;
        });
    }

    /** As with the other carriers, all peers of that name get it, and if there is none it is lost without a word. */
    void deliver(String from, String to, String text) {
        for (InProcessSignaling peer : peers.getOrDefault(to, Set.of())) {
            execute(() -> peer.receive(from, text));
        }
    }

    void execute(Runnable task) {
        executor.execute(task);
    }
}
