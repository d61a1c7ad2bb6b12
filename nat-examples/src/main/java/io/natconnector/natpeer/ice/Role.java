package io.natconnector.natpeer.ice;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Who nominates (RFC 8445, section 6.1.1). Fixed here, because both sides are told theirs. */
enum Role {
    CONTROLLING, CONTROLLED;

    Role other() {
        return this == CONTROLLING ? CONTROLLED : CONTROLLING;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    static final class Converter implements ITypeConverter<Role> {
        @Override
        public Role convert(String value) {
            for (Role role : values()) {
                if (role.toString().equals(value)) {
                    return role;
                }
            }
            throw new TypeConversionException("expected controlling or controlled, not '" + value + "'");
        }
    }
}
