package io.natconnector.natpeer.serve;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Ports to relay from, both ends included. */
record PortRange(int least, int most) {
    private static final int FIRST_UNPRIVILEGED = 1024;
    private static final int LAST = 65_535;
    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");

    static final class Converter implements ITypeConverter<PortRange> {
        @Override
        public PortRange convert(String value) {
            Matcher form = FORM.matcher(value);
            if (form.matches()) {
                PortRange range = new PortRange(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
                if (range.least >= FIRST_UNPRIVILEGED && range.least <= range.most && range.most <= LAST) {
                    return range;
                }
            }
            throw new TypeConversionException("expected LO-HI within 1024 and 65535, such as 49152-65535, not '" + value + "'");
        }
    }
}
