package io.natconnector.natpeer.serve;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Options in a properties file: {@code port = 3478} for {@code --port 3478}. One that may be repeated gets a suffix:
 * {@code user.1 = alice:secret}, {@code user.2 = bob:hush}. One without a value is {@code no-broker = true}.
 */
final class ConfigFile {
    private ConfigFile() { }

    /** The values of each option, by its name without dashes. */
    static Map<String, List<String>> read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new IOException("--config takes a file, and there is none at " + file, e);
        } catch (IllegalArgumentException e) {
            throw new IOException("--config takes a properties file, and " + file + " is none: " + e.getMessage(), e);
        }
        Map<String, List<String>> values = new TreeMap<>();
        properties.stringPropertyNames().stream().sorted(SUFFIXES_AS_NUMBERS).forEach(key -> {
            int suffix = key.indexOf('.');
            values.computeIfAbsent(suffix < 0 ? key : key.substring(0, suffix), name -> new ArrayList<>())
                    .add(properties.getProperty(key).strip());
        });
        return values;
    }

    /** So that {@code user.10} comes after {@code user.9}. */
    static final Comparator<String> SUFFIXES_AS_NUMBERS = Comparator.comparingInt(String::length).thenComparing(key -> key);

    /** A line of such a file that reads back as this. */
    static String line(String key, String value) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> escaped.append(c < ' ' || c > '~' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        return key + " = " + escaped;
    }
}
