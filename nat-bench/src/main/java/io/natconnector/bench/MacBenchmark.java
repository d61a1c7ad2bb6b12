package io.natconnector.bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The floor under verifying and signing: the JDK's HMAC-SHA1 over the bytes of a check, with the key set once. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MacBenchmark {
    private static final int INTEGRITY_AND_FINGERPRINT = 32;

    private Mac mac;
    private byte[] covered;

    @Setup
    public void setUp() throws GeneralSecurityException {
        mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(Codec.PASSWORD.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        try (Codec codec = new OurCodec()) {
            byte[] check = codec.check();
            covered = Arrays.copyOf(check, check.length - INTEGRITY_AND_FINGERPRINT);
        }
    }

    @Benchmark
    public byte[] macAlone() {
        return mac.doFinal(covered);
    }
}
