package io.natconnector.natpeer.ice;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whose ICE to use. */
enum EngineName {
    OURS, ICE4J;

    static final class Converter implements ITypeConverter<EngineName> {
        @Override
        public EngineName convert(String value) {
            return switch (value) {
                case "ours" -> OURS;
                case "ice4j" -> ICE4J;
                default -> throw new TypeConversionException("expected ours or ice4j, not '" + value + "'");
            };
        }
    }
}
