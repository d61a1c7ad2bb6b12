package io.natconnector.natpeer.talk;

import io.natconnector.Signaling;
import io.natconnector.signal.DirectorySignaling;
import io.natconnector.signal.MqttSignaling;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What carries the words, as it is given on the command line.
 *
 * @param broker {@code null} for a directory
 * @param directory {@code null} for a broker
 */
record SignalOption(MqttSignaling broker, Path directory) {
    private static final String DIRECTORY = "dir:";

    /** @param secret {@code null} for a broker that is trusted */
    Signaling open(String secret) {
        if (directory != null) {
            return DirectorySignaling.in(directory);
        }
        return secret == null ? broker.unsealed() : broker.secret(secret);
    }

    static final class Converter implements ITypeConverter<SignalOption> {
        @Override
        public SignalOption convert(String value) {
            try {
                if (value.startsWith(DIRECTORY) && value.length() > DIRECTORY.length()) {
                    return new SignalOption(null, Path.of(value.substring(DIRECTORY.length())));
                }
                if (value.startsWith("mqtt:") || value.startsWith("mqtts:")) {
                    return new SignalOption(MqttSignaling.to(value), null);
                }
            } catch (InvalidPathException e) {
                throw new TypeConversionException("expected dir:PATH, and this is no path: " + e.getMessage());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
            throw new TypeConversionException("expected mqtt://HOST[:1883], mqtts://HOST[:8883] or dir:PATH");
        }
    }
}
