package io.natconnector.dtls;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that handshakes run on; an established association needs none. Each handshake in progress has one, which computes
 * for some milliseconds and waits for the peer otherwise. As many compute at a time as there are processors.
 *
 * <p>Where the JVM has virtual threads, those are used, so that one which waits holds no thread of the system. Elsewhere there is a
 * limit of threads: handshakes beyond it begin when others have ended or have been given up.
 */
public final class Handshakes implements AutoCloseable {
    /** As many strangers as a connector takes in if not told otherwise, and some: so the silent ones among them hold up nobody. */
    static final int MAX_THREADS = 1100;
    private static final long KEEP_SECONDS = 2;
    private static final long STACK_BYTES = 512 * 1024;

    private final Executor executor;
    private final boolean inStep;
    private final Semaphore turns;

    private Handshakes(Executor executor, boolean inStep, int atOnce) {
        this.executor = executor;
        this.inStep = inStep;
        this.turns = new Semaphore(atOnce);
    }

    /**
     * The owner of an association waits until each step is done, so that nothing happens besides: for virtual time. The executor
     * needs a thread for each handshake in progress.
     */
    public static Handshakes inStep(Executor executor) {
        return new Handshakes(executor, true, Integer.MAX_VALUE);
    }

    /** The owner of an association does not wait: it is woken when a step is done. */
    public static Handshakes beside() {
        ExecutorService virtual = virtualThreads();
        return new Handshakes(virtual != null ? virtual : platformThreads(), false, Runtime.getRuntime().availableProcessors());
    }

    /** Java 21 and newer has them; this is compiled for 17. */
    private static ExecutorService virtualThreads() {
        try {
            return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static ExecutorService platformThreads() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(MAX_THREADS, MAX_THREADS, KEEP_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "nat-dtls-" + number.incrementAndGet(), STACK_BYTES);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    void begin(Runnable handshake) {
        executor.execute(handshake);
    }

    boolean isInStep() {
        return inStep;
    }

    /** Waits for a processor. */
    void takeTurn() {
        turns.acquireUninterruptibly();
    }

    void endTurn() {
        turns.release();
    }

    /** Ends the threads, and waits for it; false: some are left. */
    boolean closeAndAwait(long seconds) throws InterruptedException {
        close();
        return !(executor instanceof ExecutorService service) || service.awaitTermination(seconds, TimeUnit.SECONDS);
    }

    /** Ends the threads; handshakes in progress must have been closed. */
    @Override
    public void close() {
        if (executor instanceof ExecutorService service) {
            service.shutdown();
        }
    }
}
