package io.natconnector.bench;

import com.sun.management.OperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process takes at one moment.
 *
 * @param heap bytes that survive a collection
 * @param direct bytes of buffers outside the heap
 * @param resident bytes of the process in memory; 0 where the system does not tell
 * @param files open file descriptors; 0 where the system does not tell
 */
record Figures(long heap, long direct, long resident, int threads, int files) {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    static Figures take() {
        for (int i = 0; i < 3; i++) {
            System.gc();                                      // references and cleaners need more than one
            THREADS.getThreadCount();
        }
        return new Figures(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), directMemory(), residentMemory(),
                THREADS.getThreadCount(), openFiles());
    }

    /** CPU time of the whole process until now, the compiler's and the collector's included, nanoseconds. */
    static long cpuTime() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** CPU time of the Java threads that are alive, nanoseconds: without the compiler, which is at work long after a start. */
    static long threadsCpuTime() {
        long sum = 0;
        for (long id : THREADS.getAllThreadIds()) {
            sum += Math.max(0, THREADS.getThreadCpuTime(id));
        }
        return sum;
    }

    /** Bytes that all living threads have allocated on the heap. */
    static long allocated() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) THREADS;
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    /** Netty's own are not in the JDK's count where it allocates past the JDK. */
    private static long directMemory() {
        long jdk = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
        long netty = ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory() : 0;
        return Math.max(jdk, netty);
    }

    private static long residentMemory() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024).findFirst().orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    private static int openFiles() {
        String[] files = new File("/proc/self/fd").list();
        return files == null ? 0 : files.length;
    }
}
