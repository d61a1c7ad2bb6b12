package io.natconnector.natpeer.serve;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A text that two servers, or a server and who makes credentials for it, know and nobody else does. */
record Secret(String text) implements Hidden {
    private static final int SHORTEST = 8;

    @Override
    public String shown() {
        return MASK;
    }

    @Override
    public String toString() {
        return MASK;
    }

    static final class Converter implements ITypeConverter<Secret> {
        @Override
        public Secret convert(String value) {
            if (value.length() < SHORTEST || value.equals(MASK)) {
                // Not the value: nearly a secret is one as well
                throw new TypeConversionException("expected " + SHORTEST + " characters at least, and not the asterisks that "
                        + "stand for a secret where the configuration is printed");
            }
            return new Secret(value);
        }
    }
}
