package io.natconnector.natpeer.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** {@code -v}: what the library does, on standard error. Twice: what Netty does, too. */
public final class Verbosity {
    private static volatile boolean verbose;

    @Option(names = {"-v", "--verbose"}, description = "Tell on standard error what is being done; -vv tells more.")
    void given(boolean[] times) {
        if (times == null || times.length == 0) {
            return;
        }
        verbose = true;
        level("io.natconnector", times.length > 1 ? Level.TRACE : Level.DEBUG);
        if (times.length > 1) {
            level(org.slf4j.Logger.ROOT_LOGGER_NAME, Level.DEBUG);
        }
    }

    private static void level(String name, Level level) {
        ((Logger) LoggerFactory.getLogger(name)).setLevel(level);
    }

    static boolean isVerbose() {
        return verbose;
    }
}
