package io.natconnector.natpeer.ice;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What this process takes, from {@code /proc}.
 *
 * @param heapKb live objects, after collecting garbage; 0 when that was not asked for
 * @param rssKb resident memory
 * @param descriptors open files and sockets
 */
record ProcessFigures(long heapKb, long rssKb, long threads, long descriptors, long sockets) {
    private static final Path SELF = Path.of("/proc/self");

    static ProcessFigures now(boolean collectGarbage) throws IOException {
        return new ProcessFigures(collectGarbage ? liveHeapKb() : 0, status("VmRSS:"), status("Threads:"), descriptors(""),
                descriptors("socket:"));
    }

    static double cpuSeconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e9;
    }

    private static long liveHeapKb() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));   // let cleaners run
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
    }

    private static long status(String key) throws IOException {
        try (Stream<String> lines = Files.lines(SELF.resolve("status"))) {
            return lines.filter(line -> line.startsWith(key)).mapToLong(line -> Long.parseLong(line.split("\\s+")[1])).findFirst()
                    .orElse(0);
        }
    }

    private static long descriptors(String target) throws IOException {
        try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
            return open.filter(descriptor -> leadsTo(descriptor, target)).count();
        }
    }

    private static boolean leadsTo(Path descriptor, String target) {
        try {
            return target.isEmpty() || Files.readSymbolicLink(descriptor).toString().startsWith(target);
        } catch (IOException e) {
            return false;                                      // closed meanwhile
        }
    }
}
