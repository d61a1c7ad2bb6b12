package io.natconnector.natpeer.serve;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Options from a properties file: {@code port = 3478} for {@code --port 3478}. One that may be repeated gets a suffix:
 * {@code user.1 = alice:secret}, {@code user.2 = bob:hush}. One without a value is {@code no-broker = true}.
 */
final class ConfigFile {
    private ConfigFile() { }

    /** As they would be on the command line. */
    static List<String> options(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new IOException("--config takes a file, and there is none at " + file, e);
        }
        List<String> options = new ArrayList<>();
        new TreeMap<>(properties).forEach((key, value) -> {
            String name = key.toString();
            int suffix = name.indexOf('.');
            options.add("--" + (suffix < 0 ? name : name.substring(0, suffix)) + "=" + value.toString().strip());
        });
        return options;
    }
}
