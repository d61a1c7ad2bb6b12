package io.natconnector.natpeer.serve;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Who may use something, and what it takes to prove it. */
record NamePassword(String name, String password) implements Hidden {
    @Override
    public String shown() {
        return name + ":" + MASK;
    }

    @Override
    public String toString() {
        return shown();
    }

    static final class Converter implements ITypeConverter<NamePassword> {
        @Override
        public NamePassword convert(String value) {
            int colon = value.indexOf(':');
            if (colon < 1 || colon == value.length() - 1) {
                // Not the value: it may be the password
                throw new TypeConversionException("expected NAME:PASSWORD, neither of them empty");
            }
            if (value.substring(colon + 1).equals(MASK)) {
                throw new TypeConversionException("expected NAME:PASSWORD, and the password itself: the asterisks stand for it "
                        + "where the configuration is printed");
            }
            return new NamePassword(value.substring(0, colon), value.substring(colon + 1));
        }
    }
}
