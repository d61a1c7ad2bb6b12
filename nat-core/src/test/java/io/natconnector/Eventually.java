package io.natconnector;

import java.util.concurrent.Callable;

/** Waits for what real sockets and threads bring about sooner or later. */
final class Eventually {
    private Eventually() {
    }

    /** Returns once it holds; an error when the test's time is up before, of which JUnit tells by an interruption. */
    static void until(Callable<Boolean> condition) throws Exception {
        while (!condition.call()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("did not come true within the test's time");
            }
            Thread.onSpinWait();
        }
    }
}
