package io.natconnector.natpeer.ice;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What to measure.
 *
 * @param amount agents to connect, or seconds to run
 * @param parallel how many connect at a time
 */
record BenchSpec(Kind kind, int amount, int parallel) {
    enum Kind { AGENTS, CONNS, PPS }

    private static final Pattern FORM = Pattern.compile("(?:(agents|pps):([0-9]{1,6})|(conns):([0-9]{1,6})(?::([0-9]{1,4}))?)");

    static BenchSpec parse(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            boolean conns = form.group(3) != null;
            int amount = Integer.parseInt(form.group(conns ? 4 : 2));
            int parallel = form.group(5) == null ? 1 : Integer.parseInt(form.group(5));
            Kind kind = conns ? Kind.CONNS : form.group(1).equals("pps") ? Kind.PPS : Kind.AGENTS;
            if (amount >= (kind == Kind.AGENTS ? 2 : 1) && parallel > 0) {
                return new BenchSpec(kind, amount, parallel);
            }
        }
        throw new IllegalArgumentException(
                "expected agents:N (2 or more), conns:SEC, conns:SEC:PARALLEL or pps:SEC, not '" + text + "'");
    }

    static final class Converter implements ITypeConverter<BenchSpec> {
        @Override
        public BenchSpec convert(String value) {
            try {
                return parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
