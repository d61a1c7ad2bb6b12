package io.natconnector.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One connectivity check, read, verified and written. Both codecs work on the same bytes and write the same. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
    @Param({"natconnector", "ice4j"})
    public String codec;

    private Codec measured;

    @Setup
    public void setUp() {
        measured = Codec.of(codec);
        measured.use(measured.check());
        if (!measured.verify() || !measured.inbound()) {
            throw new IllegalStateException(codec + " does not accept its own check");
        }
    }

    @TearDown
    public void tearDown() {
        measured.close();
    }

    @Benchmark
    public Object parse() {
        return measured.parse();
    }

    @Benchmark
    public boolean verify() {
        return measured.verify();
    }

    @Benchmark
    public boolean inbound() {
        return measured.inbound();
    }

    @Benchmark
    public Object build() {
        return measured.build();
    }
}
