package io.natconnector.natpeer.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;

/**
 * Ends this process when the one that started it is gone, however that ended: standard input is a pipe from it. A line there is a
 * word to go on.
 */
public final class ParentWatch {
    private ParentWatch() { }

    /** @return counted down by the first line */
    public static CountDownLatch begin() {
        CountDownLatch word = new CountDownLatch(1);
        Thread watch = new Thread(() -> {
            awaitEnd(System.in, word);
            Runtime.getRuntime().exit(ExitCode.OK);
        }, "natpeer parent watch");
        watch.setDaemon(true);
        watch.start();
        return word;
    }

    private static void awaitEnd(InputStream in, CountDownLatch word) {
        try {
            for (int read; (read = in.read()) >= 0; ) {
                if (read == '\n') {
                    word.countDown();
                }
            }
        } catch (IOException e) {
            // gone, too
        }
    }
}
