package io.natconnector.bench;

import org.openjdk.jmh.runner.RunnerException;

/** {@code nat-bench/run}: runs one of the benchmarks and prints its table. */
public final class Benchmarks {
    private static final String USAGE = """
            usage: nat-bench/run BENCHMARK
              codec [REGEX]       one connectivity check, read, verified and written (JMH)
            """;

    private Benchmarks() { }

    public static void main(String[] arguments) throws RunnerException {
        String name = arguments.length == 0 ? "" : arguments[0];
        switch (name) {
            case "codec" -> CodecRun.run(arguments.length > 1 ? arguments[1] : "\\.bench\\.(Codec|Mac)Benchmark\\.");
            default -> {
                System.err.print(USAGE);
                System.exit(2);
            }
        }
    }
}
