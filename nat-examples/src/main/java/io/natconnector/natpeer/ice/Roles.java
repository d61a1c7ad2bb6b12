package io.natconnector.natpeer.ice;

import io.natconnector.Role;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Roles as the command line and the files call them. They are fixed here, because both sides are told theirs. */
final class Roles {
    private Roles() { }

    static String text(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    static Role other(Role role) {
        return role == Role.CONTROLLING ? Role.CONTROLLED : Role.CONTROLLING;
    }

    static final class Converter implements ITypeConverter<Role> {
        @Override
        public Role convert(String value) {
            for (Role role : Role.values()) {
                if (text(role).equals(value)) {
                    return role;
                }
            }
            throw new TypeConversionException("expected controlling or controlled, not '" + value + "'");
        }
    }
}
