package io.natconnector.bench;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks in rounds, so that a busy minute of the machine hits all of them alike, and shows medians. */
final class CodecRun {
    private static final int ROUNDS = 3;
    /** On a busy machine the compiler gets its share late; ice4j's writer is still being compiled after five seconds. */
    private static final int WARM_UPS = 8;

    private final Map<String, Sample> wall = new TreeMap<>();
    private final Map<String, Sample> cpu = new TreeMap<>();
    private final Map<String, Sample> allocated = new TreeMap<>();

    /** @param include which benchmarks, as a regular expression */
    static void run(String include) throws RunnerException {
        CodecRun run = new CodecRun();
        Report report = new Report("STUN codec, one connectivity check; medians over " + ROUNDS + " JVMs",
                "operation", "codec", "CPU ns", "least CPU ns", "elapsed ns", "allocated B");
        Options options = new OptionsBuilder().include(include).forks(1)
                .warmupIterations(WARM_UPS).warmupTime(TimeValue.seconds(1))
                .measurementIterations(3).measurementTime(TimeValue.seconds(1))
                .addProfiler(CpuProfiler.class).addProfiler(GCProfiler.class).verbosity(VerboseMode.SILENT)
                .jvmArgsAppend("-Dslf4j.internal.verbosity=ERROR").build();
        for (int round = 1; round <= ROUNDS; round++) {
            System.err.println("round " + round + " of " + ROUNDS + ", about two minutes");
            run.add(new Runner(options).run());
        }
        run.fill(report);
        report.print(System.out);
    }

    private void add(Collection<RunResult> results) {
        for (RunResult result : results) {
            String codec = result.getParams().getParam("codec");
            String benchmark = result.getParams().getBenchmark();
            String key = benchmark.substring(benchmark.lastIndexOf('.') + 1) + "\t" + (codec == null ? "JDK" : codec);
            for (BenchmarkResult fork : result.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults()) {
                    sample(wall, key).add(iteration.getPrimaryResult().getScore());
                    secondary(iteration, CpuProfiler.LABEL, sample(cpu, key));
                    secondary(iteration, "gc.alloc.rate.norm", sample(allocated, key));
                }
            }
        }
    }

    private static void secondary(IterationResult iteration, String label, Sample sample) {
        iteration.getSecondaryResults().forEach((name, result) -> {
            if (name.endsWith(label)) {
                sample.add(result.getScore());
            }
        });
    }

    private static Sample sample(Map<String, Sample> samples, String key) {
        return samples.computeIfAbsent(key, any -> new Sample());
    }

    private void fill(Report report) {
        for (String key : wall.keySet()) {
            String[] names = key.split("\t");
            report.row(names[0], names[1], cpu.get(key).median(), cpu.get(key).least(), wall.get(key).median(),
                    allocated.get(key).median());
        }
    }
}
