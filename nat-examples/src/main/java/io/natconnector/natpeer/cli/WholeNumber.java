package io.natconnector.natpeer.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** For options that take a whole number between two limits. */
public abstract class WholeNumber implements ITypeConverter<Integer> {
    private final int least;
    private final int most;
    private final String what;

    protected WholeNumber(int least, int most, String what) {
        this.least = least;
        this.most = most;
        this.what = what;
    }

    @Override
    public final Integer convert(String value) {
        if (value.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new TypeConversionException("expected " + what + " from " + least + " to " + most + ", not '" + value + "'");
    }

    public static final class Port extends WholeNumber {
        public Port() {
            super(1, 65_535, "a port");
        }
    }

    /** Port 0 takes any free one. */
    public static final class PortOrAny extends WholeNumber {
        public PortOrAny() {
            super(0, 65_535, "a port (0: any free one)");
        }
    }

    public static final class Count extends WholeNumber {
        public Count() {
            super(1, 1_000_000, "a number");
        }
    }

    /** Seconds. */
    public static final class UpToADay extends WholeNumber {
        public UpToADay() {
            super(0, 86_400, "seconds");
        }
    }

    public static final class Bytes extends WholeNumber {
        public Bytes() {
            super(0, 999_999_999, "bytes");
        }
    }

    /** 16 holds the longest header of a ping; more than 1400 would be fragmented on many paths. */
    public static final class PayloadSize extends WholeNumber {
        public PayloadSize() {
            super(16, 1400, "bytes");
        }
    }
}
