package io.natconnector.natpeer.demo;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.natconnector.natpeer.cli.JsonLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A JVM that runs another command of natpeer, with our own JVM's options and class path. Any thread. */
final class DemoProcess implements AutoCloseable {
    private static final long GRACE_MILLIS = 3000;

    private final String name;
    private final Process process;

    /**
     * Starts it.
     *
     * @param environment secrets, which other users of the machine could see on a command line
     * @param events hears each JSON line that it prints, and {@code ended} when there will be no more; on a thread of its own
     */
    DemoProcess(String name, List<String> arguments, Map<String, String> environment, BiConsumer<DemoProcess, JsonObject> events)
            throws IOException {
        this.name = name;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.natconnector.natpeer.Natpeer"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        process = builder.start();
        Thread reader = new Thread(() -> read(events), "natpeer demo " + name);
        reader.setDaemon(true);
        reader.start();
    }

    String name() {
        return name;
    }

    /** A word to go on. */
    void go() throws IOException {
        process.outputWriter().write("go\n");
        process.outputWriter().flush();
    }

    private void read(BiConsumer<DemoProcess, JsonObject> events) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line; (line = lines.readLine()) != null; ) {
                events.accept(this, JsonParser.parseString(line).getAsJsonObject());
            }
        } catch (IOException | JsonParseException | IllegalStateException e) {
            // it has ended, or is not what we started
        }
        events.accept(this, JsonParser.parseString(JsonLine.event("ended").toString()).getAsJsonObject());
    }

    /** Ends it: kindly first. Idempotent. */
    @Override
    public void close() {
        try {
            process.outputWriter().close();                    // it watches this
            if (!process.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
