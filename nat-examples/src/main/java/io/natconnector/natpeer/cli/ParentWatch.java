package io.natconnector.natpeer.cli;

import java.io.IOException;
import java.io.InputStream;

/** Ends this process when the one that started it is gone, however that ended: standard input is a pipe from it. */
public final class ParentWatch {
    private ParentWatch() { }

    public static void begin() {
        Thread watch = new Thread(() -> {
            awaitEnd(System.in);
            Runtime.getRuntime().exit(ExitCode.OK);
        }, "natpeer parent watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static void awaitEnd(InputStream in) {
        try {
            while (in.read() >= 0) { }
        } catch (IOException e) {
            // gone, too
        }
    }
}
