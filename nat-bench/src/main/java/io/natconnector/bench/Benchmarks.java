package io.natconnector.bench;

/** {@code nat-bench/run}: runs one of the benchmarks and prints its table. */
public final class Benchmarks {
    private static final String USAGE = """
            usage: nat-bench/run BENCHMARK
              codec [REGEX]       one connectivity check, read, verified and written (JMH)
              connects [REGEX]    connections over UDP within this machine: latency, rate, CPU time
              idle [N] [REGEX]    what N connections take that nobody uses (1000, all engines)
              datagrams [SECONDS] [REGEX]
                                  CPU time of datagrams through a connection, plain sockets beside it (2 seconds a turn, all ways)
              relay [quick]       our relay and coturn's under the same load: CPU time, latency, memory
              latency             a ping of 64 bytes there and back, a plain socket beside it
              startup             fresh JVMs: how long until the first packet to a peer leaves
            """;

    private Benchmarks() { }

    public static void main(String[] arguments) throws Exception {
        String name = arguments.length == 0 ? "" : arguments[0];
        String detail = arguments.length > 1 ? arguments[1] : null;
        switch (name) {
            case "codec" -> CodecRun.run(detail == null ? "\\.bench\\.(Codec|Mac)Benchmark\\." : detail);
            case "connects" -> ConnectBenchmark.run(detail == null ? "" : detail);
            case "idle" -> IdleBenchmark.run(detail == null ? 1000 : Integer.parseInt(detail),
                    arguments.length > 2 ? arguments[2] : "");
            case "datagrams" -> DatagramsBenchmark.run(detail == null ? 2 : Integer.parseInt(detail),
                    arguments.length > 2 ? arguments[2] : "");
            case "relay" -> RelayBenchmark.run("quick".equals(detail));
            case "latency" -> LatencyBenchmark.run();
            case "startup" -> StartupBenchmark.run();
            default -> {
                System.err.print(USAGE);
                System.exit(2);
            }
        }
        System.exit(0);                                       // whatever threads ice4j has left
    }
}
