package io.natconnector.natpeer.serve;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The options of a command from the three places where they may stand: on its command line, in the environment
 * ({@code NATPEER_RELAY_PORTS} for {@code --relay-ports}), in a file. An option that stands in one place is not looked for in the
 * next; one that may be repeated is taken whole from one place.
 */
final class Configuration {
    private static final String PREFIX = "NATPEER_";
    private static final String DEMO = "NATPEER_DEMO_";
    /** Of the other commands and of the launcher. */
    private static final Set<String> NOT_OURS = Set.of("NATPEER_PASS", "NATPEER_SECRET", "NATPEER_JAVA_OPTS");
    /** What is done, not how. */
    private static final Set<String> COMMAND_LINE_ONLY = Set.of("help", "version", "print-config", "verbose");
    private static final String LINE = "the command line";
    private static final String DEFAULTS = "defaults";

    private final CommandSpec spec;
    private final Map<String, String> environment;
    private final Map<OptionSpec, String> origins = new LinkedHashMap<>();
    private final List<String> words = new ArrayList<>();

    private Configuration(CommandSpec spec, Map<String, String> environment) {
        this.spec = spec;
        this.environment = environment;
    }

    /**
     * Completes what the command line has said.
     *
     * @throws ParameterException naming the place, the option and what it takes
     */
    static Configuration read(CommandSpec spec, Map<String, String> environment) throws IOException {
        Configuration configuration = new Configuration(spec, environment);
        configuration.read();
        return configuration;
    }

    private void read() throws IOException {
        ParseResult line = spec.commandLine().getParseResult();
        Set<OptionSpec> given = line.matchedOptionsSet();
        given.forEach(option -> origins.put(option, LINE));
        options().filter(option -> !given.contains(option)).forEach(this::readEnvironment);
        Path file = file(line);
        if (file != null) {
            readFile(file);
        }
        List<String> typed = line.originalArgs();
        words.addAll(typed.isEmpty() || !typed.get(0).equals(spec.name()) ? typed : typed.subList(1, typed.size()));
        try {
            spec.commandLine().parseArgs(words.toArray(String[]::new));
        } catch (ParameterException e) {
            String origin = origins.getOrDefault(e.getArgSpec(), LINE);
            throw origin.equals(LINE) ? e : new ParameterException(spec.commandLine(), "in " + origin + ": " + e.getMessage(), e);
        }
    }

    private Stream<OptionSpec> options() {
        return spec.options().stream().filter(option -> !COMMAND_LINE_ONLY.contains(name(option)));
    }

    /** {@code relay-ports} for {@code --relay-ports}. */
    private static String name(OptionSpec option) {
        return option.longestName().substring(2);
    }

    private void readEnvironment(OptionSpec option) {
        Set<String> variables = variables(option);
        List<String> found = environment.keySet().stream().filter(key -> variables.contains(withoutSuffix(key)))
                .sorted(ConfigFile.SUFFIXES_AS_NUMBERS).toList();
        if (!found.isEmpty()) {
            origins.put(option, String.join(", ", found));
            found.forEach(key -> words.add(option.longestName() + "=" + environment.get(key)));
        }
    }

    private static Set<String> variables(OptionSpec option) {
        return Arrays.stream(option.names()).filter(name -> name.startsWith("--"))
                .map(name -> PREFIX + name.substring(2).replace('-', '_').toUpperCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    /** {@code NATPEER_USER} for {@code NATPEER_USER_2}. */
    private static String withoutSuffix(String variable) {
        return variable.replaceFirst("_[0-9]+$", "");
    }

    private Path file(ParseResult line) {
        Path given = line.matchedOptionValue("--config", null);
        String variable = environment.get(PREFIX + "CONFIG");
        return given != null || variable == null ? given : Path.of(variable);
    }

    private void readFile(Path file) throws IOException {
        ConfigFile.read(file).forEach((name, values) -> {
            OptionSpec option = COMMAND_LINE_ONLY.contains(name) || name.equals("config") ? null : spec.findOption("--" + name);
            if (option == null) {
                // Without the value: it may be a secret
                List<String> meant = new UnmatchedArgumentException(spec.commandLine(), List.of("--" + name)).getSuggestions();
                throw new ParameterException(spec.commandLine(), "in " + file + ": there is no option '" + name + "'"
                        + (meant.isEmpty() ? "" : "; is one of these meant: " + String.join(", ", meant)));
            }
            if (origins.putIfAbsent(option, file.toString()) == null) {
                values.forEach(value -> words.add("--" + name + "=" + value));
            }
        });
    }

    /** Variables that look as if they were meant for us, and are not: most likely mistyped. */
    List<String> strangers() {
        Set<String> ours = options().flatMap(option -> variables(option).stream()).collect(Collectors.toSet());
        return environment.keySet().stream().filter(key -> key.startsWith(PREFIX) && !key.startsWith(DEMO)
                && !NOT_OURS.contains(key) && !ours.contains(withoutSuffix(key))).sorted().toList();
    }

    /** Prints what is in force as it would stand in a file, place by place, with secrets masked. */
    void print(PrintWriter out) {
        out.println("# What is in force. It may stand like this in a --config file, but for what is masked.");
        Map<String, List<OptionSpec>> byOrigin = new TreeMap<>(Comparator.comparingInt(Configuration::rank)
                .thenComparing(origin -> origin));
        List<String> unset = new ArrayList<>();
        options().filter(option -> !name(option).equals("config")).forEach(option -> {
            if (values(option).isEmpty()) {
                unset.add(name(option));
            } else {
                byOrigin.computeIfAbsent(origins.getOrDefault(option, DEFAULTS), origin -> new ArrayList<>()).add(option);
            }
        });
        byOrigin.forEach((origin, options) -> {
            out.println("\n# " + (origin.equals(DEFAULTS) ? "By default" : "From " + origin));
            options.forEach(option -> print(option, out));
        });
        out.println("\n# Not set: " + String.join(", ", unset));
    }

    private static int rank(String origin) {
        return switch (origin) {
            case LINE -> 0;
            case DEFAULTS -> 3;
            default -> origin.startsWith(PREFIX) ? 1 : 2;
        };
    }

    private static void print(OptionSpec option, PrintWriter out) {
        List<String> values = values(option);
        for (int i = 0; i < values.size(); i++) {
            out.println(ConfigFile.line(name(option) + (option.isMultiValue() ? "." + (i + 1) : ""), values.get(i)));
        }
    }

    /** As they were given, but for secrets. */
    private static List<String> values(OptionSpec option) {
        Object value = option.getValue();
        Collection<?> typed = value == null ? List.of() : value instanceof Collection<?> several ? several : List.of(value);
        if (typed.stream().anyMatch(Hidden.class::isInstance)) {
            return typed.stream().map(one -> ((Hidden) one).shown()).toList();
        }
        List<String> given = option.originalStringValues();
        return !given.isEmpty() || typed.isEmpty() ? given
                : List.of(option.defaultValueString() == null ? String.valueOf(value) : option.defaultValueString());
    }
}
