package io.natconnector.natpeer.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** For options that take a time in seconds, with decimals. */
public final class Seconds implements ITypeConverter<Duration> {
    private static final double MOST = 86_400;

    @Override
    public Duration convert(String value) {
        try {
            double seconds = Double.parseDouble(value);
            if (seconds > 0 && seconds <= MOST) {
                return Duration.ofNanos(Math.round(seconds * 1e9));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException("expected seconds, such as 20 or 0.5, not '" + value + "'");
    }
}
