package io.natconnector.natpeer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A program that runs beside the test. Ended by {@link #close} at the latest. */
public final class Running implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;           // a busy machine starts a JVM slowly

    private final Process process;
    private final Lines out;
    private final Lines err;

    private Running(List<String> command) throws IOException {
        process = new ProcessBuilder(command).start();
        out = new Lines(process.getInputStream());
        err = new Lines(process.getErrorStream());
    }

    /** Starts a program. */
    public static Running program(List<String> command) throws IOException {
        return new Running(command);
    }

    /** Starts natpeer in a JVM of its own. */
    public static Running natpeer(String... arguments) throws IOException {
        return natpeer(List.of(), arguments);
    }

    /** @param before what stands before the command, to run it elsewhere */
    public static Running natpeer(List<String> before, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), Natpeer.class.getName()));
        command.addAll(List.of(arguments));
        return new Running(command);
    }

    public Process process() {
        return process;
    }

    /** Types a line. */
    public void type(String line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
    }

    /** Ends its input. */
    public void endInput() throws IOException {
        process.outputWriter().close();
    }

    /** Waits for a line on its standard output. */
    public String awaitOutput(Predicate<String> wanted) throws InterruptedException {
        return out.await(wanted, this);
    }

    /** Waits for a line on its standard error. */
    public String awaitComplaint(Predicate<String> wanted) throws InterruptedException {
        return err.await(wanted, this);
    }

    /** Waits for its end. */
    public Spoken await() throws InterruptedException {
        return await(PATIENCE_SECONDS);
    }

    /** Waits for its end, so many seconds at most. */
    public Spoken await(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + seconds + " s: " + this);
        }
        return new Spoken(process.exitValue(), out.all(), err.all());
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public String toString() {
        return process.info().commandLine().orElse("a program") + "\nout: " + out.soFar() + "\nerr: " + err.soFar();
    }

    /** Collects what a program prints. */
    private static final class Lines {
        private final List<String> lines = new ArrayList<>();
        private final Thread reader;
        private boolean ended;

        Lines(InputStream stream) {
            reader = new Thread(() -> read(stream));
            reader.setDaemon(true);
            reader.start();
        }

        private void read(InputStream stream) {
            try (BufferedReader buffered = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line; (line = buffered.readLine()) != null; ) {
                    add(line, false);
                }
            } catch (IOException | UncheckedIOException e) {
                // it was ended
            }
            add(null, true);
        }

        private synchronized void add(String line, boolean last) {
            if (line != null) {
                lines.add(line);
            }
            ended |= last;
            notifyAll();
        }

        synchronized String await(Predicate<String> wanted, Running whose) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            for (int next = 0; ; ) {
                for (; next < lines.size(); next++) {
                    if (wanted.test(lines.get(next))) {
                        return lines.get(next);
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (ended || left <= 0) {
                    throw new AssertionError("waited in vain for a line of " + whose);
                }
                wait(left);
            }
        }

        String all() throws InterruptedException {
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            return soFar();
        }

        synchronized String soFar() {
            return String.join("\n", lines);
        }
    }
}
