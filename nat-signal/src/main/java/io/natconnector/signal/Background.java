package io.natconnector.signal;

/** For the few things that block or compute, which an event loop must not. */
final class Background {
    private Background() {
    }

    /** Runs the task on a daemon thread that lives no longer than the task. */
    static void run(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
