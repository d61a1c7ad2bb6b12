package io.natconnector.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM, with the class path and the options of this one, whose output is read. Ends with this one. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    /** @param options for the JVM, beside those of this one */
    ChildJvm(Class<?> main, List<String> options, String... arguments) throws IOException {
        this(List.of(), main, options, arguments);
    }

    /** @param before what is to be put before the command, for example to pin it to a processor */
    ChildJvm(List<String> before, Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The next line that it prints; it must print one. */
    String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the other JVM has ended without a word");
        }
        return line;
    }

    /** Says a line to it. */
    void say(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Tells it that it may end. */
    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Waits until it ends by itself. */
    void join() throws InterruptedException {
        process.waitFor();
    }

    /** A child ends when its input does: call this in it. */
    static void endWithParent() {
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    continue;
                }
            } catch (IOException e) {
                // the parent is gone, which is what this waits for
            }
            Runtime.getRuntime().halt(0);
        }, "bench-parent");
        watch.setDaemon(true);
        watch.start();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
